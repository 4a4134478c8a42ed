import { CommanderError } from 'commander';
import { ConfigError, detailsOf } from '../src/errors';

/** How a command ends that threw. */
export interface CommandFailure {
  /** 0 after its help, 2 for wrong usage or configuration, otherwise 1. */
  readonly exitCode: 0 | 1 | 2;
  /** What remains to be printed. */
  readonly message: string;
}

export function failureOf(thrown: unknown): CommandFailure {
  // The parser has said what is wrong, or how the command is used.
  if (thrown instanceof CommanderError) {
    return { exitCode: thrown.exitCode === 0 ? 0 : 2, message: '' };
  }
  return { exitCode: thrown instanceof ConfigError ? 2 : 1, message: `${detailsOf(thrown)}\n` };
}
