import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandContext } from '../../../cli/command-context';
import { type CommandDefinition, runCommand } from '../../../cli/run-command';
import { sync } from '../../../cli/sync';
import { systemClock } from '../../../src/clock';
import type { ProgramResult } from '../program';

/** The context of a command without a terminal, which nobody interrupts. */
export function createContext(changes: Partial<CommandContext> = {}) {
  const output = { out: '', err: '' };
  const context: CommandContext = {
    write(text) {
      output.out += text;
    },
    writeError(text) {
      output.err += text;
    },
    environment: {},
    clock: systemClock,
    width: 100,
    colors: false,
    terminal: undefined,
    input: { isTerminal: false, readLines: async () => [] },
    confirm: undefined,
    interruption: () => new Promise(() => {}),
    ...changes,
  };
  return { context, output };
}

/** Runs a verb in this process, as `startCommand` does in one of its own. */
export async function runVerb<Options>(
  command: CommandDefinition<Options>,
  args: readonly string[],
  changes: Partial<CommandContext> = {},
): Promise<ProgramResult> {
  const { context, output } = createContext(changes);
  const code = await runCommand(command, args, context);
  return { code, ...output };
}

export type Variables = Readonly<Record<string, string>>;

/** An .env file in a folder of its own. */
export function writeVariables(variables: Variables) {
  const folder = mkdtempSync(join(tmpdir(), 'variables-'));
  const file = join(folder, 'env');
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(file, lines.join(''), { mode: 0o600 });
  return { file, remove: () => rmSync(folder, { recursive: true }) };
}

/** Runs `sync` with these variables to its end. */
export async function runSync(
  args: readonly string[],
  variables: Variables,
): Promise<ProgramResult> {
  const { file, remove } = writeVariables(variables);
  try {
    return await runVerb(sync, ['--env', file, ...args]);
  } finally {
    remove();
  }
}
