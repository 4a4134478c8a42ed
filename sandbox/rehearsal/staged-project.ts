import {
  type ChildProcessByStdio,
  type SpawnOptionsWithStdioTuple,
  type StdioNull,
  type StdioPipe,
  spawn,
} from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { PROJECT_DIRECTORY } from '../../cli/project';
import { PlayError } from '../../src/errors';
import type { Rehearsal } from './rehearsal';

type DeployedAccount = Pick<
  Rehearsal,
  'accountSid' | 'authToken' | 'directory' | 'environment' | 'variables'
>;

/** The project in a folder of its own, and the commands that a developer would type there. */
export interface StagedProject {
  readonly directory: string;
  /** Runs the toolkit's command line, unmodified, such as `npx twilio-run deploy`. */
  twilioRun(...args: readonly string[]): Promise<string>;
  /** Runs a verb of ours, such as `npm run sync`. */
  run(verb: string, ...args: readonly string[]): Promise<string>;
}

/**
 * Stages the project as it is built now, in a folder of the rehearsal.
 *
 * @param watch gets what the commands write, and ends them
 */
export function stageProject(
  { accountSid, authToken, directory, environment, variables }: DeployedAccount,
  watch: Pick<ProgramOptions, 'onOutput' | 'signal'> = {},
): StagedProject {
  const account = { ACCOUNT_SID: accountSid, AUTH_TOKEN: authToken };
  const cwd = linkProject(PROJECT_DIRECTORY, directory, { ...variables, ...account });
  const start = (name: string, args: readonly string[]) =>
    runProgram(name, args, { cwd, environment, ...watch });
  return {
    directory: cwd,
    twilioRun: (...args) =>
      start('twilio-run', [require.resolve('twilio-run/bin/twilio-run.js'), ...args]),
    run: (verb, ...args) => {
      const launcher = join(PROJECT_DIRECTORY, 'scripts', 'run.js');
      return start(verb, [launcher, `cli/${verb}.ts`, ...args]);
    },
  };
}

/** What `serverless:deploy` reads of a project, beside its .env. */
const PROJECT_PARTS = [
  'package.json',
  '.twilioserverlessrc',
  '.twilioserverless',
  'assets',
  'functions',
  'node_modules',
];

/**
 * Makes a folder that the deployer takes for the project: links to its parts, and variables of its
 * own. What the deployer leaves behind (.twiliodeployinfo) stays there.
 *
 * @returns the folder
 */
export function linkProject(
  project: string,
  directory: string,
  variables: Readonly<Record<string, string>>,
): string {
  const stage = join(directory, 'project');
  mkdirSync(stage);
  for (const part of PROJECT_PARTS) {
    const original = join(project, part);
    if (!existsSync(original)) throw new PlayError(`${original} is missing: run npm run build`);
    symlinkSync(original, join(stage, part));
  }
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(stage, '.env'), lines.join(''), { mode: 0o600 });
  return stage;
}

export interface ProgramOptions {
  readonly cwd: string;
  /** Variables beside those that every program gets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Called with what the program writes, errors included, as it comes. */
  readonly onOutput?: (text: string) => void;
  /** Ends the program when aborted. */
  readonly signal?: AbortSignal;
}

/** What a program needs of the shell that it was started from. Accounts and keys are not in it. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'TERM', 'COLUMNS', 'NO_COLOR', 'FORCE_COLOR', 'TMPDIR'];

/**
 * Runs a Node program to its end.
 *
 * @param name for messages
 * @param args the program's file and its arguments
 * @returns what it wrote, errors included
 * @throws {PlayError} with the end of what it wrote, when it fails
 * @throws {Error} when it is aborted
 */
export async function runProgram(
  name: string,
  args: readonly string[],
  { signal, ...options }: ProgramOptions,
): Promise<string> {
  const child = spawn(process.execPath, args, { ...spawnOptions(options), signal });
  return outputOf(name, child, options);
}

/**
 * Runs a line as a shell does, and what it starts, to its end.
 *
 * @returns what it wrote, errors included
 * @throws {PlayError} with the end of what it wrote, when it fails or is aborted
 */
export async function runShell(
  line: string,
  { signal, ...options }: ProgramOptions,
): Promise<string> {
  // A group of its own: npm would not pass the end on to what it started.
  const child = spawn('sh', ['-ec', line], { ...spawnOptions(options), detached: true });
  const end = () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid);
  };
  signal?.addEventListener('abort', end, { once: true });
  if (signal?.aborted) end();
  return outputOf(line, child, options).finally(() => signal?.removeEventListener('abort', end));
}

function spawnOptions({
  cwd,
  environment,
}: ProgramOptions): SpawnOptionsWithStdioTuple<StdioNull, StdioPipe, StdioPipe> {
  const inherited = INHERITED.flatMap((variable) => {
    const value = process.env[variable];
    return value === undefined ? [] : [[variable, value]];
  });
  return {
    cwd,
    env: {
      ...Object.fromEntries(inherited),
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  };
}

async function outputOf(
  name: string,
  child: ChildProcessByStdio<null, Readable, Readable>,
  { onOutput = () => {} }: ProgramOptions,
): Promise<string> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      onOutput(text);
    });
  }
  const [code, signal] = await once(child, 'close');
  if (code !== 0)
    throw new PlayError(`${name} ended with ${code ?? signal}:\n${output.slice(-2000)}`);
  return output;
}
