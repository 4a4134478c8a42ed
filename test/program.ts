import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

export type Program = ChildProcessByStdio<null, Readable, Readable>;

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs one of the project's programs, such as cli/sync.ts, as npm would run it: without colours,
 * and without what Jest or a CI put into this process's environment.
 */
export function startProgram(
  file: string,
  args: readonly string[],
  variables: NodeJS.ProcessEnv = {},
  cwd?: string,
): Program {
  const { PATH, HOME, TMPDIR } = process.env;
  const program = join(__dirname, '..', file);
  const loader = require.resolve('tsx/cjs');
  return spawn(process.execPath, ['--require', loader, program, ...args], {
    cwd,
    env: { PATH, HOME, TMPDIR, NO_COLOR: '1', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** All that a program writes, and its exit code. */
export async function outcomeOf(program: Program): Promise<Outcome> {
  const [[code], out, err] = await Promise.all([
    once(program, 'exit'),
    text(program.stdout),
    text(program.stderr),
  ]);
  return { code, out, err };
}

/** Resolves as soon as a program has written a text to its standard output. */
export async function saying(program: Program, words: string): Promise<void> {
  let said = '';
  while (!said.includes(words)) said += (await once(program.stdout, 'data'))[0];
}
