import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Command, Option } from 'commander';
import * as v from 'valibot';
import { callCommand } from '../../cli/call';
import type { CommandContext } from '../../cli/command-context';
import { deploy } from '../../cli/deploy';
import { explain } from '../../cli/explain';
import { liveCheck } from '../../cli/live-check';
import { rejectOptionsTakenByNpm } from '../../cli/npm-options';
import { number } from '../../cli/number';
import { addEnvironmentOptions } from '../../cli/options';
import { sync } from '../../cli/sync';
import { ConfigError } from '../../src/errors';
import { runVerb } from '../helpers/cli/commands';
import type { ProgramResult } from '../helpers/program';

const packageJson = v.object({ scripts: v.record(v.string(), v.string()) });
const started = v.object({
  args: v.array(v.string()),
  environment: v.record(v.string(), v.string()),
});

/** Prints what npm passes on to a script. */
const PRINT_START =
  'console.log(JSON.stringify({ args: process.argv.slice(2), environment: process.env }))';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'npm-options-test-'));
  writeFileSync(join(folder, 'print-start.js'), PRINT_START);
  const { scripts } = v.parse(packageJson, JSON.parse(readFileSync('package.json', 'utf8')));
  // The build before a verb is left out: other tests use what is built.
  const ours = Object.entries(scripts).flatMap(([verb, script]) => {
    const file = /\bscripts\/run\.js ((?:cli|sandbox)\/\S+)$/.exec(script)?.[1];
    if (file === undefined) return [];
    const real = `node ${join(process.cwd(), 'scripts', 'run.js')} ${file}`;
    return [[verb, file.startsWith('cli/') ? 'node print-start.js' : real]];
  });
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'x', scripts: Object.fromEntries(ours) }),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs npm itself, as a person types it. */
function npm(...args: string[]): Promise<ProgramResult> {
  const { PATH, HOME, TMPDIR } = process.env;
  const env = { PATH, HOME, TMPDIR, NO_COLOR: '1', npm_config_update_notifier: 'false' };
  return new Promise((resolve) => {
    execFile('npm', args, { cwd: folder, env }, (error, out, err) => {
      resolve({ code: Number(error?.code ?? 0), out, err });
    });
  });
}

type Run = (args: readonly string[], context: Partial<CommandContext>) => Promise<ProgramResult>;

const verbs = {
  call: (...given) => runVerb(callCommand(), ...given),
  deploy: (...given) => runVerb(deploy, ...given),
  explain: (...given) => runVerb(explain, ...given),
  'live-check': (...given) => runVerb(liveCheck, ...given),
  number: (...given) => runVerb(number, ...given),
  sync: (...given) => runVerb(sync, ...given),
} satisfies Readonly<Record<string, Run>>;

/** Runs a verb with what npm passes on to its script. */
async function runByNpm(verb: keyof typeof verbs, ...typed: string[]): Promise<ProgramResult> {
  const { out } = await npm('run', '--silent', verb, ...typed);
  const { args, environment } = v.parse(started, JSON.parse(out));
  return verbs[verb](args, { environment });
}

function expectAdvice({ code, err }: ProgramResult, line: string): void {
  expect(code).toBe(2);
  expect(err).toMatch(/npm kept --.* for itself, and nothing was done\. Write:\n/);
  expect(err).toContain(`\n  ${line}\n`);
}

describe('an option that stands before --, which npm keeps', () => {
  it.each<[keyof typeof verbs, string, string]>([
    ['sync', '--dry-run', 'npm run sync -- --dry-run'],
    ['sync', '--force --json', 'npm run sync -- --force --json'],
    ['sync', '--environment=staging --dry-run', 'npm run sync -- --dry-run --environment staging'],
    ['deploy', '--environment=staging', 'npm run deploy -- --environment staging'],
    ['deploy', '--production --env x', 'npm run deploy -- --production --env x'],
    ['call', '--digits 1,9 --fail=all', 'npm run call -- --digits 1,9 --fail all'],
    ['call', '--to=+815012345678 --say', 'npm run call -- --say --to +815012345678'],
    ['call', '--out x.wav --digits 1,9', 'npm run call -- --digits <value> --out <value>'],
    ['number', '--phone=+815012345678 --yes', 'npm run number -- --phone +815012345678 --yes'],
    ['explain', '--region=eu-west-1', 'npm run explain -- --region eu-west-1'],
    ['live-check', '--from=+815012345678', 'npm run live-check -- --from +815012345678'],
  ])('ends with 2 and the line to type: npm run %s %s', async (verb, typed, line) => {
    expectAdvice(await runByNpm(verb, ...typed.split(' ')), line);
  });

  it.each([
    ['run sandbox:deploy --through-proxy', 'npm run sandbox:deploy -- --through-proxy'],
    ['start --once', 'npm start -- --once'],
  ])('ends with 2 and the line to type: npm %s', async (typed, line) => {
    expectAdvice(await npm(...typed.split(' ')), line);
  });

  it('is accepted behind --', async () => {
    expect(await runByNpm('sync', '--', '--help')).toMatchObject({ code: 0, err: '' });
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

  it('accepts an option that was passed on as well', () => {
    expect(() => refuse({ npm_config_dry_run: 'true' }, '--dry-run')).not.toThrow();
    expect(() => refuse({ npm_config_service: 'a' }, '--service=b')).not.toThrow();
  });

  it('ignores what npm sets for itself, and what is not set', () => {
    expect(() => refuse({ npm_config_prefix: '/usr/local' })).not.toThrow();
    expect(() => refuse({ npm_config_include: 'dev' })).not.toThrow();
    expect(() => refuse({ npm_config_dry_run: 'false' })).not.toThrow();
    expect(() => refuse({ npm_config_dry_run: '' })).not.toThrow();
  });

  it('takes NODE_ENV=production for --production, unless an environment is named', () => {
    const withProduction =
      (...args: string[]) =>
      () =>
        rejectOptionsTakenByNpm(addEnvironmentOptions(command()), args, {
          npm_lifecycle_event: 'sync',
          NODE_ENV: 'production',
        });
    expect(withProduction()).toThrow('npm run sync -- --production\n');
    expect(withProduction('--environment=dev')).not.toThrow();
    expect(withProduction('--remote', 'https://name-1234.twil.io')).not.toThrow();
    expect(withProduction('--production')).not.toThrow();
  });

  it('ignores the options of another script', () => {
    const other = { npm_lifecycle_event: 'test', npm_config_dry_run: 'true' };
    expect(() => refuse(other)).not.toThrow();
  });

  it('quotes values, and shows where a value is missing', () => {
    expect(() => refuse({ npm_config_service: "it's" }, 'a b')).toThrow(
      "npm run sync -- --service 'it'\\''s' 'a b'",
    );
    expect(() => refuse({ npm_config_service: 'true' })).toThrow('--service <value>');
    expect(() => refuse({ npm_config_service: '' })).toThrow("--service ''");
    expect(() => refuse({ npm_config_service: 'x' })).toThrow(ConfigError);
  });
});
