import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { namedInRows, tables } from './helpers/docs/markdown';

const root = join(__dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

describe('CONTRIBUTING', () => {
  const [, drawn = ''] = /## Layout\n\n```\n(.*?)```/s.exec(read('CONTRIBUTING.md')) ?? [];
  const layout = paths(drawn);

  test('lays out nothing that is not there', () => {
    expect(layout.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test('lays out every folder of the project', () => {
    const notOurs = ['node_modules', 'reports'];
    const folders = readdirSync(root).filter(
      (name) =>
        !name.startsWith('.') &&
        !notOurs.includes(name) &&
        statSync(join(root, name)).isDirectory(),
    );
    expect(layout).toEqual(expect.arrayContaining(folders));
  });

  test('lays out every file and folder of src', () => {
    const drawnInSrc = layout.filter((path) => /^src\/[^/]+$/.test(path));
    expect(drawnInSrc.sort()).toEqual(readdirSync(join(root, 'src')).map((name) => `src/${name}`));
  });
});

/** The paths of a tree that is drawn by indentation, two spaces a level. */
function paths(tree: string): string[] {
  const parents: string[] = [];
  return tree
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, indent = '', name = ''] = /^( *)(\S+?)\/?(?=\s|$)/.exec(line) ?? [];
      const depth = indent.length / 2;
      parents.length = depth;
      parents.push(name);
      return parents.join('/');
    });
}

describe('package.json', () => {
  const parsed = v.object({
    allowScripts: v.record(v.string(), v.boolean()),
    scripts: v.record(v.string(), v.string()),
  });
  const { allowScripts, scripts } = v.parse(parsed, JSON.parse(read('package.json')));

  test('decides on each install script, so that npm ci prints no warning', () => {
    const lock = v.object({
      packages: v.record(v.string(), v.object({ hasInstallScript: v.optional(v.boolean()) })),
    });
    const { packages } = v.parse(lock, JSON.parse(read('package-lock.json')));
    const installing = Object.keys(packages)
      .filter((path) => packages[path]?.hasInstallScript)
      .map((path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
    expect(Object.keys(allowScripts).sort()).toEqual([...new Set(installing)].sort());
  });

  test.each(Object.entries(scripts).filter(([, script]) => script.startsWith('node ')))(
    'says what to do before npm ci: npm run %s',
    (_, script) => {
      const folder = mkdtempSync(join(tmpdir(), 'before-npm-ci-'));
      cpSync(join(root, 'scripts'), join(folder, 'scripts'), { recursive: true });
      const { status, stderr } = spawnSync(script, { cwd: folder, shell: true, encoding: 'utf8' });
      expect([status, stderr]).toEqual([2, 'Run npm ci first.\n']);
      rmSync(folder, { recursive: true });
    },
  );
});

test('git ignores every .env file but the template', () => {
  const lines = read('.gitignore').split('\n');
  expect(lines).toEqual(expect.arrayContaining(['.env*', '!.env.example']));
});

describe('docs/dependencies.md', () => {
  const packageJson = v.object({
    dependencies: v.record(v.string(), v.string()),
    devDependencies: v.record(v.string(), v.string()),
  });
  const { dependencies, devDependencies } = v.parse(packageJson, JSON.parse(read('package.json')));

  test('has a line for each package, and for no other', () => {
    const packages = [...Object.keys(dependencies), ...Object.keys(devDependencies)].map((name) =>
      name.startsWith('@types/') ? '@types/*' : name,
    );
    expect(tables(read('docs/dependencies.md')).flatMap(namedInRows).flat().sort()).toEqual(
      [...new Set(packages)].sort(),
    );
  });
});
