import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';

/** How a program ended. */
export interface Ended {
  readonly code: number;
  /** From its start to its end. */
  readonly ms: number;
  /** The largest resident set, in MB of a million bytes; undefined where it could not tell. */
  readonly peakMb: number | undefined;
  /** What it wrote, errors included. */
  readonly output: string;
}

export interface ProgramOptions {
  readonly cwd: string;
  /** Beside PATH, HOME and TMPDIR, which are all that it gets of this process's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Lets a program of Node tell its peak memory. */
  readonly tellsPeak?: boolean;
}

const PEAK = join(__dirname, 'peak-memory.js');

/** Runs a program to its end, which may be a failure. */
export async function runProgram(
  program: string,
  args: readonly string[],
  { cwd, environment = {}, tellsPeak = false }: ProgramOptions,
): Promise<Ended> {
  const { PATH, HOME, TMPDIR } = process.env;
  const { NODE_OPTIONS: options = '', ...others } = environment;
  const nodeOptions = tellsPeak ? `${options} --require ${JSON.stringify(PEAK)}`.trim() : options;
  const start = performance.now();
  const child = spawn(program, args, {
    cwd,
    env: {
      PATH,
      HOME,
      TMPDIR,
      NO_COLOR: '1',
      ...others,
      ...(nodeOptions !== '' && { NODE_OPTIONS: nodeOptions }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const [code] = await once(child, 'close');
  return { code, ms: performance.now() - start, peakMb: readPeak(output), output };
}

/** The same for a program that must succeed. @throws {Error} with the last lines that it wrote */
export async function runToSuccess(...started: Parameters<typeof runProgram>): Promise<Ended> {
  const ended = await runProgram(...started);
  if (ended.code === 0) return ended;
  const lines = ended.output.trim().split('\n').slice(-3).join(' ');
  throw new Error(`${started[0]} ended with ${ended.code}: ${lines}`);
}

/** What peak-memory.js wrote. */
export function readPeak(output: string): number | undefined {
  const kilobytes = /^peak (\d+) kB$/m.exec(output)?.[1];
  return kilobytes === undefined ? undefined : (Number(kilobytes) * 1024) / 1e6;
}

const packageJson = v.object({ scripts: v.record(v.string(), v.string()) });

/**
 * The arguments with which an npm script starts Node, such as those of `npm run sync`: without what it
 * does before.
 *
 * @param checkout folder of the project
 */
export function nodeArguments(checkout: string, script: string): string[] {
  const { scripts } = v.parse(
    packageJson,
    JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')),
  );
  const [program, ...args] = scripts[script]?.split(' && ').at(-1)?.split(' ') ?? [];
  if (program === 'node') return args;
  throw new Error(`npm run ${script} does not start Node`);
}
