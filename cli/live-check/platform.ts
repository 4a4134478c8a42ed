import RequestClient from 'twilio/lib/base/RequestClient';
import * as v from 'valibot';
import type { Clock } from '../../src/clock';
import { messageOf } from '../../src/errors';
import { RUNTIME, RUNTIME_HANDLER_PACKAGE } from '../../src/limits';
import { TwilioApiError } from '../../src/twilio/errors';
import type { Serverless } from '../../src/twilio/serverless';
import { PARAMETERS } from './probes';

// What Twilio's platform accepts: runtime handlers, runtimes, and sizes of a Function's answer.

/** Those of Twilio's list that matter today, and two that are on npm only; newest first. */
const ASKED_HANDLERS = ['2.1.2', '2.1.0', '2.0.3', '2.0.1', '2.0.0', '1.3.1'] as const;
const ASKED_RUNTIMES = ['node24', 'node22', 'node20', 'node18'] as const;

/** Whether Twilio accepts a Build with this handler or runtime. */
export interface BuildAnswer {
  readonly name: string;
  /** Twilio's error code; `unknown` says what came instead of an answer. */
  readonly outcome: 'taken' | { readonly code: number } | { readonly unknown: string };
}

export interface PlatformReport {
  readonly handlers: readonly BuildAnswer[];
  readonly runtimes: readonly BuildAnswer[];
}

/**
 * Requests a Build of an empty Function with each handler and runtime: Twilio answers at once whether
 * it accepts it.
 *
 * @param ownHandler the version that the project names
 * @throws {TwilioApiError} when the Function cannot be made
 */
export async function requestBuilds(
  twilio: Serverless,
  ownHandler: string,
  signal: AbortSignal,
): Promise<PlatformReport> {
  const sid = await twilio.createResource('Functions', 'empty');
  const version = await twilio.upload('Functions', sid, {
    path: '/empty',
    visibility: 'private',
    content: Buffer.from('exports.handler = (context, event, callback) => callback();'),
    contentType: 'application/javascript',
  });
  const request = async (name: string, handler: string, runtime: string) => {
    signal.throwIfAborted();
    const dependencies = [{ name: RUNTIME_HANDLER_PACKAGE, version: handler }];
    const contents = { assetVersions: [], functionVersions: [version], dependencies, runtime };
    return { name, outcome: await outcomeOf(() => twilio.createBuild(contents)) };
  };
  const handlers: BuildAnswer[] = [];
  for (const name of ASKED_HANDLERS) handlers.push(await request(name, name, RUNTIME));
  const handler = handlerToDeploy({ handlers }, ownHandler);
  const runtimes: BuildAnswer[] = [];
  for (const name of ASKED_RUNTIMES) runtimes.push(await request(name, handler, name));
  return { handlers, runtimes };
}

async function outcomeOf(create: () => Promise<unknown>): Promise<BuildAnswer['outcome']> {
  try {
    await create();
    return 'taken';
  } catch (thrown) {
    if (thrown instanceof TwilioApiError && thrown.status === 400 && thrown.code !== undefined) {
      return { code: thrown.code };
    }
    return { unknown: messageOf(thrown) };
  }
}

/** The handler to deploy with: the project's own, unless Twilio accepts another one only. */
export function handlerToDeploy(
  { handlers }: Pick<PlatformReport, 'handlers'>,
  own: string,
): string {
  const taken = handlers.filter(({ outcome }) => outcome === 'taken');
  return taken.some(({ name }) => name === own) ? own : (taken[0]?.name ?? own);
}

/** What arrived of a Function's response with so many bytes of audio. */
export interface SizeAnswer {
  readonly bytes: number;
  /** `whole` when all of them arrived; otherwise what arrived instead. */
  readonly outcome: 'whole' | 'cut off' | { readonly status: number } | { readonly error: string };
}

/** Around the expected limit: 6 MB of base64, 4.5 MB of audio. */
const SIZES_BYTES = [1, 2, 3, 4, 4.25, 4.5, 4.75, 5, 6, 8, 10].map((MB) => MB * 1_000_000);

/** Time to wait for each answer. */
const SIZE_TIMEOUT_MS = 30_000;

/** How long a new domain may take until Twilio's servers know it, and how often it is asked. */
export const SERVED_TIMEOUT_MS = 2 * 60_000;
const SERVED_POLL_MS = 2000;

/**
 * Waits until a new domain is served: until a Function answers with one byte.
 *
 * @returns `whole`, or what the last request brought instead
 */
export async function waitUntilServed(
  origin: string,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<SizeAnswer['outcome']> {
  const deadline = clock.now().getTime() + SERVED_TIMEOUT_MS;
  const http = new RequestClient({ timeout: SIZE_TIMEOUT_MS });
  for (;;) {
    signal.throwIfAborted();
    const outcome = await requestSize(http, origin, 1, SIZE_TIMEOUT_MS);
    if (outcome === 'whole' || clock.now().getTime() >= deadline) return outcome;
    await clock.sleep(SERVED_POLL_MS, signal);
  }
}

/** Requests larger and larger answers until one does not come. */
export async function requestSizes(
  origin: string,
  signal: AbortSignal,
  timeoutMs = SIZE_TIMEOUT_MS,
): Promise<SizeAnswer[]> {
  // The library's client goes through HTTP_PROXY where there is one.
  const http = new RequestClient({ timeout: timeoutMs });
  const answers: SizeAnswer[] = [];
  for (const bytes of SIZES_BYTES) {
    signal.throwIfAborted();
    const outcome = await requestSize(http, origin, bytes, timeoutMs);
    answers.push({ bytes, outcome });
    if (outcome !== 'whole') break;
  }
  return answers;
}

/** A limit may show as a connection that breaks: that is an outcome, too. */
async function requestSize(
  http: RequestClient,
  origin: string,
  bytes: number,
  timeoutMs: number,
): Promise<SizeAnswer['outcome']> {
  const uri = `${origin}/media?${PARAMETERS.bytes}=${bytes}`;
  try {
    const { statusCode: status, body } = await http.request<unknown>({ method: 'get', uri });
    if (status !== 200) return { status };
    return typeof body === 'string' && body.length === bytes ? 'whole' : 'cut off';
  } catch (thrown) {
    return { error: errorMessage(thrown, timeoutMs) };
  }
}

const timeoutSchema = v.object({ code: v.picklist(['ECONNABORTED', 'ETIMEDOUT']) });

function errorMessage(thrown: unknown, timeoutMs: number): string {
  if (v.is(timeoutSchema, thrown)) return `gets no answer within ${timeoutMs / 1000} s`;
  return `breaks off: ${messageOf(thrown)}`;
}
