import RequestClient from 'twilio/lib/base/RequestClient';
import * as v from 'valibot';
import { messageOf } from '../../src/errors';

/** What came when a Function answered with so many bytes of audio. */
export interface SizeProbe {
  readonly bytes: number;
  /** `whole` when all of them came; otherwise what came instead. */
  readonly outcome: 'whole' | 'cut off' | { readonly status: number } | { readonly error: string };
}

/** Around what is thought to be the limit: 6 MB of base64, 4.5 MB of audio. */
const SIZES = [1, 2, 3, 4, 4.25, 4.5, 4.75, 5, 6, 8, 10].map((megabytes) => megabytes * 1_000_000);

/**
 * Asks for larger and larger answers until one does not come, or `signal` is aborted.
 *
 * @param patience milliseconds to wait for each
 */
export async function probeSizes(
  origin: string,
  signal: AbortSignal,
  patience = 30_000,
): Promise<SizeProbe[]> {
  // The library's client goes through HTTP_PROXY where there is one.
  const http = new RequestClient({ timeout: patience });
  const probes: SizeProbe[] = [];
  for (const bytes of SIZES) {
    signal.throwIfAborted();
    // A limit may show as a connection that breaks: that is a finding, too.
    const outcome = await ask(http, `${origin}/size?bytes=${bytes}`, bytes).catch(
      (thrown: unknown) => ({ error: wordsFor(thrown, patience) }),
    );
    probes.push({ bytes, outcome });
    if (outcome !== 'whole') break;
  }
  return probes;
}

async function ask(http: RequestClient, uri: string, bytes: number): Promise<SizeProbe['outcome']> {
  const { statusCode: status, body } = await http.request<unknown>({ method: 'get', uri });
  if (status !== 200) return { status };
  return typeof body === 'string' && body.length === bytes ? 'whole' : 'cut off';
}

const TimedOut = v.object({ code: v.picklist(['ECONNABORTED', 'ETIMEDOUT']) });

function wordsFor(thrown: unknown, patience: number): string {
  if (v.is(TimedOut, thrown)) return `gets no answer within ${patience / 1000} s`;
  return `breaks off: ${messageOf(thrown)}`;
}
