import type { CommandOutput } from '../src/command-line';
import { interruption, type StopSignal } from '../src/interruption';
import type { Terminal } from './sync/bar';

/** What a verb that takes its time is run with. */
export interface TerminalSurroundings extends CommandOutput {
  /** Where a progress bar may be drawn; undefined where output is no terminal. */
  readonly terminal: Terminal | undefined;
  /** Resolves when somebody wants the command to stop. */
  readonly interrupted: Promise<StopSignal>;
}

/** Runs a verb at this process's terminal, and ends the process with its exit code. */
export async function runAtTerminal(
  run: (args: readonly string[], surroundings: TerminalSurroundings) => Promise<number>,
): Promise<void> {
  // The SDK would begin every run with a warning about next year's Node.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const { stdout, stderr } = process;
  // Ignore EPIPE, so that `npm run sync | head` does not abort the sync.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const exitCode = await run(process.argv.slice(2), {
    write: (text) => stdout.write(text),
    writeError: (text) => stderr.write(text),
    terminal: stdout.isTTY && process.env.TERM !== 'dumb' ? stdout : undefined,
    interrupted: interruption(),
  });
  // Work in progress at an interruption would keep the process up.
  stdout.write('', () => process.exit(exitCode));
}
