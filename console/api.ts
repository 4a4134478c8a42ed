import * as v from 'valibot';
import { REMOTE_TEXT_CHARACTERS, REMOTE_TIMEOUT_MS } from '../src/limits';
import {
  type StatusResponse,
  type SyncResponse,
  statusResponse,
  syncResponse,
} from '../src/status/response';

/*
 * The two requests of the console, to the Functions of its own domain. The secret goes into a header,
 * never into a cookie: no other site can make the browser send it.
 */

/** The secret is wrong, or not wrong any more. */
interface Unauthorized {
  readonly type: 'unauthorized';
}

interface Failed {
  readonly type: 'failed';
  /** What was tried, what came back, what to do. */
  readonly sentence: string;
  /** Whether the same request may bring another answer in a moment. */
  readonly isPassing: boolean;
}

export type StatusOutcome =
  | { readonly type: 'loaded'; readonly status: StatusResponse }
  | Unauthorized
  | Failed;

export type SyncOutcome =
  | { readonly type: 'done'; readonly report: SyncResponse }
  /** There is more to do: to be called again, no sooner than after so many milliseconds. */
  | { readonly type: 'pending'; readonly report: SyncResponse; readonly waitMs: number }
  /** A guard stopped it: calling it again would not help. */
  | { readonly type: 'guarded'; readonly sentence: string }
  | Unauthorized
  | Failed;

/** @param origin of the deployment; by default, that of the page */
export async function requestStatus(secret: string, origin = ''): Promise<StatusOutcome> {
  const response = await send('GET', `${origin}/status`, secret);
  if ('type' in response) return response;
  if (response.status === 200) {
    const status = parse(statusResponse, response.body);
    if (status) return { type: 'loaded', status };
  }
  return failure(response);
}

/**
 * One slice of a sync.
 *
 * @param vanishing overrules a guard where at most so many prompts vanish
 * @param origin of the deployment; by default, that of the page
 */
export async function requestSync(
  secret: string,
  { vanishing }: { readonly vanishing?: number } = {},
  origin = '',
): Promise<SyncOutcome> {
  const query = vanishing === undefined ? '' : `?force=true&vanishing=${vanishing}`;
  const response = await send('POST', `${origin}/sync${query}`, secret);
  if ('type' in response) return response;
  const { status, retryAfterSeconds, body } = response;
  const report = status === 200 || status === 503 ? parse(syncResponse, body) : undefined;
  if (report === undefined) {
    const told = failure(response);
    return status === 409 ? { type: 'guarded', sentence: told.sentence } : told;
  }
  if (status === 200) return { type: 'done', report };
  const seconds = Math.min(Math.max(1, retryAfterSeconds), WAIT_SECONDS_MAX);
  return { type: 'pending', report, waitMs: 1000 * seconds };
}

/** Nobody looks at a page for longer, and a browser's timer of more than 24 days does not wait at all. */
const WAIT_SECONDS_MAX = 600;

interface Answer {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly contentType: string;
  /** 0 without such a header. */
  readonly retryAfterSeconds: number;
  readonly body: string;
}

async function send(
  method: string,
  path: string,
  secret: string,
): Promise<Answer | Unauthorized | Failed> {
  try {
    const response = await fetch(path, {
      method,
      headers: { Authorization: `Bearer ${secret}` },
      credentials: 'omit',
      redirect: 'error',
      signal: AbortSignal.timeout(REMOTE_TIMEOUT_MS),
    });
    if (response.status === 401) return { type: 'unauthorized' };
    return {
      method,
      path,
      status: response.status,
      contentType: response.headers.get('content-type') ?? '',
      retryAfterSeconds: Number(response.headers.get('retry-after')) || 0,
      body: await response.text(),
    };
  } catch (error) {
    const late = error instanceof DOMException && error.name === 'TimeoutError';
    const what = late
      ? `The deployment did not answer within ${REMOTE_TIMEOUT_MS / 1000} seconds.`
      : 'The deployment could not be reached.';
    const sentence = `${what} Check your connection, then try again.`;
    return { type: 'failed', sentence, isPassing: true };
  }
}

/** Too many Functions at once; S3 or Twilio did not do what was asked; Twilio's edge got no answer. */
const PASSING_STATUSES = [429, 502, 504];

/** Of an answer's body: plain text is a sentence of this project's Functions, anything else is for no reader. */
export function sentenceOf(contentType: string | null, body: string): string | undefined {
  const isSentence = contentType?.startsWith('text/plain') && body.length <= REMOTE_TEXT_CHARACTERS;
  return isSentence ? body : undefined;
}

function failure({ method, path, status, contentType, body }: Answer): Failed {
  const isPassing = PASSING_STATUSES.includes(status);
  const told = sentenceOf(contentType, body);
  if (told !== undefined) return { type: 'failed', sentence: told, isPassing };
  const what = `${method} ${new URL(path, 'http://deployment').pathname}`;
  const advice =
    status === 200
      ? 'Load the page again: it may be older than the deployment.'
      : "Try again in a minute; if that does not help, look at the deployment's log.";
  const sentence =
    status === 404
      ? `${what} is not part of this deployment (404). Deploy the project again.`
      : `${what} gave an answer that this page does not understand (${status}). ${advice}`;
  return { type: 'failed', sentence, isPassing };
}

function parse<S extends v.GenericSchema>(schema: S, json: string): v.InferOutput<S> | undefined {
  try {
    const parsed = v.safeParse(schema, JSON.parse(json));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
