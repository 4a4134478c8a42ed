import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

export type Variables = Readonly<Record<string, string>>;

/** An environment file in a folder of its own. */
export function writeVariables(variables: Variables) {
  const folder = mkdtempSync(join(tmpdir(), 'sync-test-'));
  const file = join(folder, 'env');
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(file, lines.join(''), { mode: 0o600 });
  return { file, remove: () => rmSync(folder, { recursive: true }) };
}

/** What `npm run sync` runs, without npm around it and without this process's variables. */
export function startSync(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['--require', 'tsx/cjs', 'cli/sync.ts', ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const [[code], out, err] = await Promise.all([
    once(child, 'exit'),
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
  ]);
  return { code, out, err };
}

/** Resolves as soon as the process has written a text to its standard output. */
export async function saying(child: ChildProcess, words: string): Promise<void> {
  let said = '';
  while (!said.includes(words) && child.stdout) said += (await once(child.stdout, 'data'))[0];
}

/** Runs the sync with these variables to its end. */
export async function runSync(args: readonly string[], variables: Variables): Promise<Outcome> {
  const { file, remove } = writeVariables(variables);
  try {
    return await outcomeOf(startSync(['--env', file, ...args]));
  } finally {
    remove();
  }
}
