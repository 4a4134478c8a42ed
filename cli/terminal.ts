import type { CommandOutput } from './command-line';
import { interruption, type StopSignal } from './interruption';
import type { Terminal } from './sync/bar';

/** What a verb that takes its time is run with. */
export interface TerminalSurroundings extends CommandOutput {
  /** Where a progress bar may be drawn; undefined where output is no terminal. */
  readonly terminal: Terminal | undefined;
  /** Resolves with the signal that stops the command. */
  readonly interrupted: Promise<StopSignal>;
}

/** Runs a verb at this process's terminal, and ends the process with its exit code. */
export async function runAtTerminal(
  run: (args: readonly string[], surroundings: TerminalSurroundings) => Promise<number>,
): Promise<void> {
  // The SDK would begin every run with a warning about next year's Node.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  // S3_ENDPOINT says where S3 is, as it does for the deployed Functions.
  delete process.env.AWS_ENDPOINT_URL;
  delete process.env.AWS_ENDPOINT_URL_S3;
  const { stdout, stderr } = process;
  // Ignore EPIPE and EIO, so that neither `npm run sync | head` nor a closed terminal aborts the work.
  let isOutputLost = false;
  for (const stream of [stdout, stderr]) {
    stream.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (code !== 'EPIPE' && code !== 'EIO') isOutputLost = true;
    });
  }
  const exitCode = await run(process.argv.slice(2), {
    write: (text) => stdout.write(text),
    writeError: (text) => stderr.write(text),
    terminal: stdout.isTTY && process.env.TERM !== 'dumb' ? stdout : undefined,
    interrupted: interruption(),
  });
  // Work in progress at an interruption would keep the process up.
  stdout.write('', () => process.exit(exitCode === 0 && isOutputLost ? 1 : exitCode));
}
