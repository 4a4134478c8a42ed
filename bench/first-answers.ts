import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { signProxyQuery } from '../src/proxy/signed-url';
import { actionIn, MENU_BODY, manifestFunction, syncedPaths, WEBHOOK_BODY } from './call';
import { benchFunction, filesOf } from './hosts';
import type { Contender } from './measure';
import type { Hosted } from './programs/hosted';
import { AUTH_TOKEN, startS3 } from './s3';
import type { Bench, Checkout } from './table';

// A Function's first answer: what the tables cold, quota and bucket measure.

/** Puts a command under a limit: the words that go before it. */
export type Limit = (command: readonly string[]) => readonly string[];

export interface FirstAnswers {
  /** Webhooks, beside a Function with VoiceResponse alone. */
  readonly webhooks: readonly Contender[];
  /** The audio proxy, beside bare node:crypto and node:https. */
  readonly audio: readonly Contender[];
  /** One slice of a sync, which nobody waits for. */
  readonly sync: readonly Contender[];
}

export const VOICE_RESPONSE = 'VoiceResponse alone';
export const BARE_AUDIO = 'bare node:crypto and node:https';

const KEY = 'prompts/10000.mp3';
const AUDIO_BYTES = 10_000;
/** What a bucket of a large deployment has: as many as a Build takes. */
const MANY = 1000;

export async function prepareFirstAnswers(bench: Bench, limit?: Limit): Promise<FirstAnswers> {
  const s3 = await startS3(bench, true);
  await s3.put(KEY, Buffer.alloc(AUDIO_BYTES, 1));
  const context = contextOf(s3.variables);
  const by = (name: string, run: Omit<FirstAnswer, 'context'>): Contender => ({
    name,
    measure: async () => {
      const { milliseconds } = await firstAnswer({ ...run, context }, limit);
      return { ms: milliseconds };
    },
  });
  const alone = (name: string, functionName: string, event: FirstAnswer['event']) =>
    by(name, { file: benchFunction(bench, functionName), event, functions: [], assets: [] });

  const webhooks: Contender[] = [alone(VOICE_RESPONSE, 'voice-response', {})];
  const audio: Contender[] = [alone(BARE_AUDIO, 'bare-audio', { key: KEY })];
  const sync: Contender[] = [];
  for (const checkout of bench.checkouts) {
    const files = filesOf(checkout);
    const layout = (path: string, prompts: number) => {
      const manifests =
        prompts === 0 ? [] : [manifestFunction(bench, checkout, syncedPaths(prompts))];
      return {
        file: fileOf(files, path, checkout),
        functions: [...files.functions, ...manifests],
        assets: files.assets,
      };
    };
    const of = (path: string, event: FirstAnswer['event'], prompts = 0, status = 200) => {
      const title = prompts === 0 ? '' : `, ${prompts.toLocaleString('en-US')} prompts`;
      return by(`${checkout.name}, ${path}${title}`, { ...layout(path, prompts), event, status });
    };
    const voice = { ...layout('/voice', 0), context, event: form(WEBHOOK_BODY) };
    const { searchParams: state } = actionIn((await firstAnswer(voice)).twiml ?? '');
    const answered = { ...form(MENU_BODY), ...Object.fromEntries(state) };
    for (const prompts of [0, MANY]) {
      webhooks.push(
        of('/voice', form(WEBHOOK_BODY), prompts),
        of('/menu', answered, prompts),
        of('/fallback', { ...form(WEBHOOK_BODY), ErrorCode: '11200' }, prompts),
      );
    }
    const secret = { authToken: AUTH_TOKEN, bucket: s3.bucket };
    audio.push(of('/audio', form(signProxyQuery(secret, KEY, new Date()))));
    // Without ADMIN_SECRET.
    sync.push(of('/sync', {}, 0, 503));
  }
  return { webhooks, audio, sync };
}

/** The parameters of a webhook. */
export const form = (body: string) => Object.fromEntries(new URLSearchParams(body));

export function fileOf(
  { functions }: Pick<Hosted, 'functions'>,
  path: string,
  checkout: Checkout,
): string {
  const found = functions.find((it) => it.path === path);
  if (found) return found.file;
  throw new Error(`${checkout.directory} has no Function ${path}`);
}

export interface FirstAnswer {
  readonly file: string;
  readonly context: Readonly<Record<string, string>>;
  readonly event: Readonly<Record<string, string>>;
  readonly functions: Hosted['functions'];
  readonly assets: Hosted['assets'];
  /** What it must answer. Default: 200. */
  readonly status?: number;
}

/** What Twilio gives a Function beside the variables of its deployment. */
export function contextOf(variables: FirstAnswer['context']): FirstAnswer['context'] {
  return { ...variables, ACCOUNT_SID: `AC${'0'.repeat(32)}`, DOMAIN_NAME: 'example.twil.io' };
}

const run = promisify(execFile);
const PROGRAM = join(__dirname, 'programs', 'first-answer.js');
const answer = v.object({
  /** From loading the Function to its answer. */
  milliseconds: v.number(),
  status: v.number(),
  twiml: v.optional(v.string()),
});

/** A Function's first answer, in a fresh process. */
export async function firstAnswer(
  measured: FirstAnswer,
  limit: Limit = (command) => command,
): Promise<v.InferOutput<typeof answer>> {
  const command = [process.execPath, PROGRAM, JSON.stringify(measured)];
  const [program = '', ...args] = limit(command);
  const { stdout } = await run(program, args);
  const first = v.parse(answer, JSON.parse(stdout.split('\n')[0] ?? ''));
  const { status = 200 } = measured;
  if (first.status !== status) throw new Error(`it answers ${first.status}, not ${status}`);
  return first;
}
