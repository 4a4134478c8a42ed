import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { loadVariables } from '../../../cli/variables';
import type { AccountVariables } from '../../../sandbox/sandbox';
import { startProgram, waitForOutput } from '../program';

export interface NpmStart {
  /** Such as http://localhost:40123. */
  readonly origin: string;
  /** What `.sandbox/…/env` holds. */
  readonly variables: AccountVariables & Readonly<Record<string, string>>;
  /** @throws {Error} when it has ended by itself, with what it wrote */
  stop(): Promise<void>;
}

/** Runs what `npm start` runs, at a port that is free, until it says where everything is. */
export async function npmStart(...args: string[]): Promise<NpmStart> {
  const program = startProgram('sandbox/main.ts', args, { PORT: '0' });
  const exited = once(program, 'exit');
  const errors = text(program.stderr);
  const ended = exited.then(async ([code]) => {
    throw new Error(`npm start ended with ${code}: ${await errors}`);
  });
  ended.catch(() => {});
  const output = await Promise.race([waitForOutput(program, 'Stop with Ctrl-C.'), ended]);
  return {
    origin: new URL(read(output, 'is answered at')).origin,
    variables: readVariables(read(output, 'Variables for commands')),
    async stop() {
      if (program.exitCode !== null) await ended;
      program.kill('SIGINT');
      await exited;
    },
  };
}

/** What the screen says behind these words, up to the next blank. */
function read(output: string, words: string): string {
  const [, value] = new RegExp(`${words} +(\\S+)`).exec(output) ?? [];
  if (value === undefined) throw new Error(`npm start does not say “${words}”: ${output}`);
  return value;
}

const variables = v.objectWithRest(
  {
    ADMIN_SECRET: v.string(),
    TWILIO_API_URL: v.string(),
    ACCOUNT_SID: v.string(),
    AUTH_TOKEN: v.string(),
  },
  v.string(),
);

const readVariables = (file: string) => v.parse(variables, loadVariables(file, {}));
