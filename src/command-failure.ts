import { CommanderError } from 'commander';
import { ConfigError, PlayError } from './errors';

/** How a command ends that threw. */
export interface CommandFailure {
  /** 0 after its help, 2 for wrong usage or configuration, otherwise 1. */
  readonly exitCode: 0 | 1 | 2;
  /** What remains to be printed. */
  readonly message: string;
}

/** What nobody foresaw brings its stack, as whoever mends it needs it. */
export function failureOf(thrown: unknown): CommandFailure {
  // The parser has said what is wrong, or how the command is used.
  if (thrown instanceof CommanderError) {
    return { exitCode: thrown.exitCode === 0 ? 0 : 2, message: '' };
  }
  if (thrown instanceof PlayError) {
    return { exitCode: thrown instanceof ConfigError ? 2 : 1, message: `${thrown.message}\n` };
  }
  const said = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return { exitCode: 1, message: `${said}\n` };
}
