import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Outcome, outcomeOf, startProgram } from '../program';

export type Variables = Readonly<Record<string, string>>;

/** An environment file in a folder of its own. */
export function writeVariables(variables: Variables) {
  const folder = mkdtempSync(join(tmpdir(), 'sync-test-'));
  const file = join(folder, 'env');
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(file, lines.join(''), { mode: 0o600 });
  return { file, remove: () => rmSync(folder, { recursive: true }) };
}

/** Runs the sync with these variables to its end. */
export async function runSync(args: readonly string[], variables: Variables): Promise<Outcome> {
  const { file, remove } = writeVariables(variables);
  try {
    return await outcomeOf(startProgram('cli/sync.ts', ['--env', file, ...args]));
  } finally {
    remove();
  }
}
