import { spawn } from 'node:child_process';
import { type ProgramResult, resultOfProgram } from '../program';

export interface ShellOptions {
  readonly variables?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Such as `-e`, with which a shell ends at the first failure. A terminal's goes on. */
  readonly flags?: readonly string[];
}

/** Runs lines in a shell of their own, which has no variables but these. */
export function runShell(
  lines: string,
  { variables = {}, cwd, flags = [] }: ShellOptions = {},
): Promise<ProgramResult> {
  const shell = spawn('bash', [...flags, '-c', lines], {
    cwd,
    env: { PATH: process.env.PATH, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return resultOfProgram(shell);
}
