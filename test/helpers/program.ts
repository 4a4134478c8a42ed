import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';

export type Program = ChildProcessByStdio<Writable | null, Readable, Readable>;

/** How a program ended, and all that it wrote. */
export interface ProgramResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const LAUNCHER = 'scripts/run.js';
const project = join(__dirname, '..', '..');
const packageJson = v.object({ scripts: v.record(v.string(), v.string()) });

/** The arguments with which an npm script starts a program: `node`'s own, and its file. */
function argumentsFor(file: string): string[] {
  const text = readFileSync(join(project, 'package.json'), 'utf8');
  const { scripts } = v.parse(packageJson, JSON.parse(text));
  const commands = Object.values(scripts).flatMap((script) => script.split(' && '));
  const [program, ...words] =
    commands.find((command) => command.endsWith(` ${file}`))?.split(' ') ?? [];
  if (program !== 'node') throw new Error(`no npm script starts ${file} with node`);
  // npm starts it in the project's folder, where the launcher is found.
  return words.map((word) => (word === LAUNCHER ? join(project, LAUNCHER) : word));
}

/**
 * Runs one of the project's programs, such as cli/sync.ts, with the command that npm runs it with:
 * without colours, and without what Jest or a CI put into this process's environment.
 */
export function startProgram(
  file: string,
  args: readonly string[],
  variables: NodeJS.ProcessEnv = {},
  cwd?: string,
): Program {
  const { PATH, HOME, TMPDIR } = process.env;
  return spawn(process.execPath, [...argumentsFor(file), ...args], {
    cwd,
    env: { PATH, HOME, TMPDIR, NO_COLOR: '1', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs a program as `startProgram` does, at what it takes for a terminal: keys come through stdin. */
export function startProgramAtTerminal(
  file: string,
  args: readonly string[],
  variables: NodeJS.ProcessEnv = {},
): ChildProcessByStdio<Writable, Readable, Readable> {
  const { PATH, HOME, TMPDIR } = process.env;
  const NODE_OPTIONS = `--require ${join(__dirname, 'terminal-preload.js')}`;
  return spawn(process.execPath, [...argumentsFor(file), ...args], {
    env: { PATH, HOME, TMPDIR, NO_COLOR: '1', NODE_OPTIONS, ...variables },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** Waits until a program ends. */
export async function resultOfProgram(program: Program): Promise<ProgramResult> {
  const [[code], out, err] = await Promise.all([
    once(program, 'exit'),
    text(program.stdout),
    text(program.stderr),
  ]);
  return { code, out, err };
}

/** Resolves as soon as a program has written a text to its standard output, with all up to it. */
export function waitForOutput({ stdout }: Program, text: string): Promise<string> {
  return new Promise((resolve) => {
    let written = '';
    const read = (chunk: Buffer) => {
      written += chunk;
      if (!written.includes(text)) return;
      stdout.off('data', read);
      resolve(written);
    };
    stdout.on('data', read);
  });
}

/** The first message of a forked program; fails when it ends without one. */
export async function firstMessage<T>(child: ChildProcess): Promise<T> {
  const [message, code] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => [undefined, code]),
  ]);
  if (message === undefined)
    throw new Error(`The program ended with ${code}, and sent no message.`);
  return message;
}
