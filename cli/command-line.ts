import type { Command } from 'commander';
import { rejectOptionsTakenByNpm } from './npm-options';

/** Where a command writes to. */
export interface CommandOutput {
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
}

const { stdout, stderr } = process;
const terminal: CommandOutput = {
  write: (text) => stdout.write(text),
  writeError: (text) => stderr.write(text),
};

/**
 * Reads the arguments that follow a verb: the one way for all of them.
 *
 * @param width columns of the help
 * @throws {CommanderError} for wrong usage, after having said what is wrong, and for --help
 * @throws {ConfigError} when npm kept options for itself
 */
export function parseArguments<T extends object>(
  command: Command,
  args: readonly string[],
  { write, writeError }: CommandOutput = terminal,
  width = 100,
): T {
  rejectOptionsTakenByNpm(command, args);
  return command
    .configureOutput({ writeOut: write, writeErr: writeError, getOutHelpWidth: () => width })
    .exitOverride()
    .parse(args, { from: 'user' })
    .opts<T>();
}
