import { isatty } from 'node:tty';
import { createColors } from 'picocolors';
import { type Clock, systemClock } from '../src/clock';

/** Where a command writes to. */
export interface CommandOutput {
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
}

/** What ends a command from outside: Ctrl-C, a request to end, a terminal that is closed. */
export type StopSignal = 'SIGHUP' | 'SIGINT' | 'SIGTERM';

/** Input of a command that has no arguments. */
export interface CommandInput {
  readonly isTerminal: boolean;
  /** @param isComplete whether a terminal need give no further line; other input is read to its end */
  readonly readLines: (isComplete: (lines: readonly string[]) => boolean) => Promise<string[]>;
}

/** All that a verb gets from outside, so that it can be run without a process of its own. */
export interface CommandContext extends CommandOutput {
  /** Variables of the shell. */
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
  /** Columns for texts. */
  readonly width: number;
  readonly colors: boolean;
  /** Where a progress bar may be drawn; undefined where output is no terminal. */
  readonly terminal: NodeJS.WritableStream | undefined;
  readonly input: CommandInput;
  /** Asks a person yes or no; undefined where nobody can answer. */
  readonly confirm: ((question: string) => Promise<boolean>) | undefined;
  /**
   * Resolves with the first signal that asks the command to end. From the call on, no signal ends
   * the process: the command cleans up and ends by itself.
   */
  readonly interruption: () => Promise<StopSignal>;
}

/** Columns of texts where output is no terminal, and at most. */
const WIDTH = 100;
const MAX_WIDTH = 120;

/** The context of a command that runs at this process's terminal. */
export function terminalContext(): CommandContext {
  const { env, stdout, stderr } = process;
  const canAnswer = isatty(0);
  let interrupted: Promise<StopSignal> | undefined;
  return {
    write: (text) => stdout.write(text),
    writeError: (text) => stderr.write(text),
    environment: env,
    clock: systemClock,
    width: Math.min(stdout.columns || WIDTH, MAX_WIDTH),
    colors: createColors().isColorSupported,
    terminal: stdout.isTTY && env.TERM !== 'dumb' ? stdout : undefined,
    input: {
      isTerminal: canAnswer,
      readLines: async (isComplete) =>
        canAnswer ? linesFrom(process.stdin, stdout, isComplete) : allLines(process.stdin),
    },
    confirm: canAnswer ? (question) => confirmBy(process.stdin, stdout)(question) : undefined,
    interruption() {
      interrupted ??= interruption();
      return interrupted;
    },
  };
}

/** Loaded where something is read: with standard input it takes 6 ms, and most commands read nothing. */
const readline = () => process.getBuiltinModule('node:readline');

async function allLines(input: NodeJS.ReadableStream): Promise<string[]> {
  let text = '';
  for await (const piece of input.setEncoding('utf8')) text += piece;
  return text.split('\n');
}

const SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Resolves with the first signal that asks this process to end. From the call on, no signal ends it.
 * A Ctrl-C arrives twice, from the terminal and from npm: the second one must not stop the clean-up.
 */
export function interruption(): Promise<StopSignal> {
  return new Promise((resolve) => {
    for (const signal of SIGNALS) process.on(signal, () => resolve(signal));
  });
}

/** Makes a yes-or-no question for a terminal: only y or yes agrees; Ctrl-C and Ctrl-D do not. */
export function confirmBy(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
): (question: string) => Promise<boolean> {
  return (question) =>
    new Promise((resolve) => {
      const terminal = readline().createInterface({ input, output, terminal: true });
      let answer: string | undefined;
      terminal.once('close', () => {
        if (answer === undefined) output.write('\n');
        resolve(/^y(es)?$/i.test(answer?.trim() ?? ''));
      });
      terminal.question(`${question} [y/N] `, (typed) => {
        answer = typed;
        terminal.close();
      });
    });
}

/**
 * Reads lines from a terminal, of any length: by itself a terminal passes on 4,095 characters of a
 * line, on macOS 1,024. Ctrl-D ends the input, Ctrl-C the process.
 *
 * https://man7.org/linux/man-pages/man3/termios.3.html
 */
export function linesFrom(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  isComplete: (lines: readonly string[]) => boolean,
): Promise<string[]> {
  return new Promise((resolve) => {
    const lines: string[] = [];
    const terminal = readline().createInterface({ input, output, terminal: true, historySize: 0 });
    terminal.on('line', (line) => {
      lines.push(line);
      if (isComplete(lines)) terminal.close();
    });
    terminal.on('SIGINT', () => {
      terminal.close();
      process.kill(process.pid, 'SIGINT');
    });
    terminal.once('close', () => resolve(lines));
  });
}
