import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { bundle } from './bundle';
import type { Answer } from './programs/answer';
import type { Bench } from './table';

/** A process of its own, so that no contender meets another one's garbage or compiled code. */
export interface Child {
  /** What it said when it was ready. */
  readonly ready: unknown;
  /** @throws {Error} what went wrong there, or that it ended */
  ask(question?: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

/** Programs are bundled, so that they run as fast as a deployed Function, and start at once. */
const PROGRAMS = join(__dirname, 'programs');

/** Bundles one of the bench's programs; what the project's node_modules hold stays there. */
export function bundleProgram(bench: Bench, name: string): string {
  const file = join(PROGRAMS, `${name}.ts`);
  return bundle(
    readFileSync(file, 'utf8'),
    PROGRAMS,
    bench.file(`programs/${basename(file, '.ts')}.js`),
    {
      packages: 'external',
    },
  );
}

/** Starts a program, which ends with the table at the latest. */
export async function startChild(
  bench: Bench,
  program: string,
  args: readonly string[] = [],
): Promise<Child> {
  const child = fork(bundleProgram(bench, program), args, {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  bench.defer(stop);
  const answer = async (): Promise<unknown> => {
    const [message]: Answer[] = await Promise.race([
      once(child, 'message'),
      exited.then(([code]) => [{ error: `${program} ended with ${code}` }]),
    ]);
    if (message === undefined) throw new Error(`${program} sent nothing`);
    if ('error' in message) throw new Error(message.error);
    return message.result;
  };
  return {
    ready: await answer(),
    ask: async (question = {}) => {
      // That the child has ended is no error of its own here: `answer` says it.
      child.send(Object(question), () => undefined);
      return answer();
    },
    stop,
  };
}
