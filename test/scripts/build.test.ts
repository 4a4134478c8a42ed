import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const PARTS = [
  'assets',
  'cli',
  'console',
  'explain',
  'functions',
  'phone',
  'sandbox',
  'scripts',
  'src',
  'package.json',
  'tsconfig.json',
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'build-test-'));
  for (const part of PARTS) cpSync(part, join(folder, part), { recursive: true });
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Builds the copy of the project as npm does. */
function build() {
  const { PATH, HOME } = process.env;
  const { status, stderr } = spawnSync(
    process.execPath,
    ['scripts/run.js', 'scripts/build.ts', '--quiet'],
    { cwd: folder, env: { PATH, HOME }, encoding: 'utf8' },
  );
  return { status, stderr };
}

const OUT = '.twilioserverless';
const PAGE = `${OUT}/assets/index.html`;

/** What the toolkit ships as Assets. */
function shipped(): string[] {
  const assets = join(folder, OUT, 'assets');
  return readdirSync(assets, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(assets.length))
    .sort();
}

const FLOW = 'assets/call-flow.private.json';
const read = (file: string) => readFileSync(join(folder, file), 'utf8');
const write = (file: string, text: string) => writeFileSync(join(folder, file), text);

// Each test goes on from the one before.
describe('npm run build', () => {
  it('ships assets/ as it is, and the console beside it', () => {
    write('assets/hold.wav', 'RIFF');
    expect(build()).toEqual({ status: 0, stderr: '' });
    expect(shipped()).toEqual([
      '/assets/index.html',
      '/call-flow.private.json',
      '/console/main.css',
      '/console/main.js',
      '/hold.wav',
      '/index.html',
    ]);
    expect(read(`${OUT}/${FLOW}`)).toBe(read(FLOW));
  });

  it('ships a file no longer that assets/ has no more, and a call flow as it was edited', () => {
    rmSync(join(folder, 'assets/hold.wav'));
    write(FLOW, read(FLOW).replace('Welcome to', 'Good morning from'));
    expect(build()).toMatchObject({ status: 0 });
    expect(shipped()).not.toContain('/hold.wav');
    expect(read(`${OUT}/${FLOW}`)).toContain('Good morning from');
  });

  it('gives a page new addresses of its script and style when these change, and no new files', () => {
    const addresses = () => read(PAGE).match(/"\/console\/[^"]+"/g);
    const before = addresses();
    write('console/style.css', `${read('console/style.css')}\n.new-rule {\n  color: red;\n}\n`);
    expect(build()).toMatchObject({ status: 0 });
    const [style, script] = addresses() ?? [];
    expect(style).not.toBe(before?.[0]);
    expect(script).toBe(before?.[1]);
    expect(shipped()).toHaveLength(5);
  });

  it.each([
    [
      'assets/ has a file at an address of the console',
      'assets/index.html',
      () => '<p>mine</p>',
      /^assets\/index\.html and the console would both be at \/index\.html\. /,
    ],
    [
      'the console imports what is for Functions',
      'console/main.tsx',
      (text?: string) => `import { readConfig } from '../src/config';\nreadConfig({});\n${text}`,
      /^console would hold src\/\w+\.ts, which is for Functions only\./,
    ],
    [
      'the console needs Node',
      'console/main.tsx',
      (text?: string) => `import { cwd } from 'node:process';\ncwd();\n${text}`,
      /Could not resolve "node:process"/,
    ],
    [
      'a Function does not compile',
      'functions/sync.ts',
      (text?: string) => `${text}\n}`,
      /functions\/sync\.ts:\d+:\d+: ERROR: /,
    ],
  ])('fails and leaves what was built before when %s', (_, file, edit, message) => {
    const [before, index] = [shipped(), read(PAGE)];
    const text = existsSync(join(folder, file)) ? read(file) : undefined;
    write(file, edit(text));
    const { status, stderr } = build();
    if (text === undefined) rmSync(join(folder, file));
    else write(file, text);
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
    expect(shipped()).toEqual(before);
    expect(read(PAGE)).toBe(index);
    expect(readdirSync(join(folder, OUT)).sort()).toEqual([
      'assets',
      'functions',
      'lib',
      'phone-page',
      'programs',
    ]);
  });
});
