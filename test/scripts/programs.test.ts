import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const PROGRAM = `import { word } from './word';
interface Typed { readonly word: string }
export const main = () => {
  const typed: Typed = { word };
  if (process.argv[2] === 'fail') throw new Error('failed');
  console.log(typed.word, ...process.argv.slice(2));
};
`;
const BUNDLE = '.twilioserverless/programs/program.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'programs-test-'));
  for (const script of ['run.js', 'programs.js', 'typescript.js']) {
    cpSync(join('scripts', script), join(folder, 'scripts', script));
  }
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  write('package.json', JSON.stringify({ scripts: { program: 'node scripts/run.js program.ts' } }));
  write('program.ts', PROGRAM);
  write('word.ts', "export const word = 'old';\n");
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (file: string, text: string) => writeFileSync(join(folder, file), text);

/** Starts the program as npm does. */
function start(...args: string[]) {
  const { PATH, HOME } = process.env;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['scripts/run.js', 'program.ts', ...args],
    { cwd: folder, env: { PATH, HOME }, encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

describe('a program that npm starts', () => {
  it('gets its arguments', () => {
    expect(start('--a', 'b')).toEqual({ status: 0, stdout: 'old --a b\n', stderr: '' });
  });

  it('is bundled once while no file of it changes', () => {
    start();
    const { mtimeMs } = statSync(join(folder, BUNDLE));
    expect(start().stdout).toBe('old\n');
    expect(statSync(join(folder, BUNDLE)).mtimeMs).toBe(mtimeMs);
  });

  it('runs as it is written now after an edit of any file of it', () => {
    start();
    write('word.ts', "export const word = 'new';\n");
    expect(start().stdout).toBe('new\n');
    write('word.ts', "import text from './text.json';\nexport const word = text;\n");
    write('text.json', '"newer"');
    expect(start().stdout).toBe('newer\n');
    write('text.json', '"newest"');
    expect(start().stdout).toBe('newest\n');
  });

  it('runs as it is written now where an unpacked archive brings files with an older time', () => {
    start();
    write('word.ts', "export const word = 'other';\n");
    utimesSync(join(folder, 'word.ts'), 1_700_000_000, 1_700_000_000);
    expect(start().stdout).toBe('other\n');
  });

  it('runs as it is written now where an archive gives all versions one time', () => {
    const unpack = (text: string) => {
      write('word.ts', text);
      utimesSync(join(folder, 'word.ts'), 1_700_000_000, 1_700_000_000);
    };
    unpack("export const word = 'old';\n");
    start();
    unpack("export const word = 'newer';\n");
    expect(start().stdout).toBe('newer\n');
  });

  it('is bundled anew after npm has installed other packages', () => {
    rmSync(join(folder, 'node_modules'));
    const packages = join(folder, 'node_modules');
    cpSync('node_modules/.package-lock.json', join(packages, '.package-lock.json'));
    for (const name of ['esbuild', '@esbuild']) {
      symlinkSync(resolve('node_modules', name), join(packages, name));
    }
    start();
    const { mtimeMs } = statSync(join(folder, BUNDLE));
    utimesSync(join(packages, '.package-lock.json'), 1_700_000_000, 1_700_000_000);
    start();
    expect(statSync(join(folder, BUNDLE)).mtimeMs).toBeGreaterThan(mtimeMs);
  });

  it('does not run in an old version while its sources have a mistake, and has its line', () => {
    start();
    write('word.ts', 'export const word = ;\n');
    const { status, stdout, stderr } = start();
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain('word.ts:1:20');
  });

  it('runs from its sources where no bundle can be written', () => {
    write('.twilioserverless', 'is a file');
    expect(start('x')).toEqual({ status: 0, stdout: 'old x\n', stderr: '' });
  });

  it('names its source and line where it fails', () => {
    const { status, stderr } = start('fail');
    expect(status).toBe(1);
    expect(stderr).toContain('failed');
    expect(stderr).toMatch(/at .*program\.ts:5:/);
  });

  it('says its path in no bundle', () => {
    start();
    expect(readFileSync(join(folder, BUNDLE), 'utf8')).not.toContain(folder);
  });
});
