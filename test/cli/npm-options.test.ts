import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Command, Option } from 'commander';
import * as v from 'valibot';
import { rejectOptionsTakenByNpm } from '../../cli/npm-options';
import { ConfigError } from '../../src/errors';

const project = process.cwd();
const packageJson = v.object({ scripts: v.record(v.string(), v.string()) });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'npm-options-test-'));
  const { scripts } = v.parse(packageJson, JSON.parse(readFileSync('package.json', 'utf8')));
  const ours = Object.entries(scripts).flatMap(([verb, script]) => {
    // The build before a verb is left out: other tests use what is built.
    const [, file] = /node --require tsx\/cjs ((?:cli|sandbox)\/\S+)$/.exec(script) ?? [];
    const start = `node --require ${require.resolve('tsx/cjs')} ${join(project, file ?? '')}`;
    return file === undefined ? [] : [[verb, start]];
  });
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'x', scripts: Object.fromEntries(ours) }),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs npm itself, as a person types it. */
function npm(...args: string[]): Promise<{ code: number; err: string }> {
  const { PATH, HOME, TMPDIR } = process.env;
  const env = { PATH, HOME, TMPDIR, NO_COLOR: '1', npm_config_update_notifier: 'false' };
  return new Promise((resolve) => {
    execFile('npm', args, { cwd: folder, env }, (error, _, err) => {
      resolve({ code: Number(error?.code ?? 0), err });
    });
  });
}

describe('an option that stands before --, which npm keeps', () => {
  it.each([
    ['run sync --dry-run', 'npm run sync -- --dry-run'],
    ['run sync --force --json', 'npm run sync -- --force --json'],
    ['run sync --environment=staging --dry-run', 'npm run sync -- --dry-run --environment staging'],
    ['run deploy --environment=staging', 'npm run deploy -- --environment staging'],
    ['run call --digits 1,9 --fail=all', 'npm run call -- --digits 1,9 --fail all'],
    ['run call --to=+815012345678 --say', 'npm run call -- --say --to +815012345678'],
    ['run call --out x.wav --digits 1,9', 'npm run call -- --digits <value> --out <value>'],
    ['run number --phone=+815012345678 --yes', 'npm run number -- --phone +815012345678 --yes'],
    ['run explain --region=eu-west-1', 'npm run explain -- --region eu-west-1'],
    ['run live-check --from=+815012345678', 'npm run live-check -- --from +815012345678'],
    ['run sandbox:deploy --through-proxy', 'npm run sandbox:deploy -- --through-proxy'],
    ['start --once', 'npm start -- --once'],
  ])('is exit code 2 with the line to type: npm %s', async (typed, line) => {
    const { code, err } = await npm(...typed.split(' '));
    expect(code).toBe(2);
    expect(err).toMatch(/npm kept --.* for itself, and nothing was done\. Write:\n/);
    expect(err).toContain(`\n  ${line}\n`);
  });

  it('is accepted behind --', async () => {
    expect(await npm('run', '--silent', 'sync', '--', '--help')).toEqual({ code: 0, err: '' });
  });
});

const command = () =>
  new Command('npm run sync --')
    .option('--dry-run')
    .option('--service <name>')
    .option('--prefix <prefix>')
    .addOption(new Option('--include <glob>'));

describe('rejectOptionsTakenByNpm', () => {
  const refuse = (environment: NodeJS.ProcessEnv, ...args: string[]) =>
    rejectOptionsTakenByNpm(command(), args, { npm_lifecycle_event: 'sync', ...environment });

  it('lets an option pass that was given as well', () => {
    expect(() => refuse({ npm_config_dry_run: 'true' }, '--dry-run')).not.toThrow();
    expect(() => refuse({ npm_config_service: 'a' }, '--service=b')).not.toThrow();
  });

  it('lets pass what npm sets for itself, and what is not set', () => {
    expect(() => refuse({ npm_config_prefix: '/usr/local' })).not.toThrow();
    expect(() => refuse({ npm_config_include: 'dev' })).not.toThrow();
    expect(() => refuse({ npm_config_dry_run: 'false' })).not.toThrow();
    expect(() => refuse({ npm_config_dry_run: '' })).not.toThrow();
  });

  it('takes no notice of another script’s options', () => {
    const other = { npm_lifecycle_event: 'test', npm_config_dry_run: 'true' };
    expect(() => refuse(other)).not.toThrow();
  });

  it('quotes values, and shows where one is missing', () => {
    expect(() => refuse({ npm_config_service: "it's" }, 'a b')).toThrow(
      "npm run sync -- --service 'it'\\''s' 'a b'",
    );
    expect(() => refuse({ npm_config_service: 'true' })).toThrow('--service <value>');
    expect(() => refuse({ npm_config_service: '' })).toThrow("--service ''");
    expect(() => refuse({ npm_config_service: 'x' })).toThrow(ConfigError);
  });
});
