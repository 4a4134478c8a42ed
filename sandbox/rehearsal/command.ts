import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PlayError } from '../../src/errors';

/** What a command needs of the shell that it was started from. Accounts and keys are not in it. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'TERM', 'COLUMNS', 'NO_COLOR', 'FORCE_COLOR', 'TMPDIR'];

export interface CommandOptions {
  readonly cwd: string;
  /** Beside what every command gets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Called with what it writes, errors included, as it comes. */
  readonly onOutput?: (text: string) => void;
  /** Ends it when aborted. */
  readonly signal?: AbortSignal;
}

/**
 * Runs a Node program to its end.
 *
 * @param name how messages call it
 * @param args the program's file and its arguments
 * @throws {PlayError} with the end of what it wrote, when it fails
 * @throws {Error} when it is aborted
 */
export async function runProgram(
  name: string,
  args: readonly string[],
  { cwd, environment, onOutput = () => {}, signal }: CommandOptions,
): Promise<string> {
  const inherited = INHERITED.flatMap((variable) => {
    const value = process.env[variable];
    return value === undefined ? [] : [[variable, value]];
  });
  const child = spawn(process.execPath, args, {
    cwd,
    env: {
      ...Object.fromEntries(inherited),
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      onOutput(text);
    });
  }
  const [code] = await once(child, 'close');
  if (code !== 0) throw new PlayError(`${name} ended with ${code}:\n${output.slice(-2000)}`);
  return output;
}
