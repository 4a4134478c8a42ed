import { spawn } from 'node:child_process';
import { type ProgramResult, resultOfProgram } from '../program';

/** Runs lines as GitHub's runners and people do: with bash, which ends at the first failure. */
export function runShell(
  lines: string,
  variables: Readonly<Record<string, string>>,
  cwd?: string,
): Promise<ProgramResult> {
  const shell = spawn('bash', ['-e', '-o', 'pipefail', '-c', lines], {
    cwd,
    env: { PATH: process.env.PATH, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return resultOfProgram(shell);
}
