import { type FunctionResponse, log } from '../runtime';

/** What is noted of a request on its way, for its one line in the log. */
export interface Trace {
  /** Undefined where the URL is not ours: what it names is then anybody's text. */
  key?: string;
  /** Requests sent to S3. */
  tries: number;
  /** S3's name for the last one that it answered. */
  requestId?: string;
  /** What the memory of this process had to do with it. */
  cache?: 'fresh' | 'confirmed' | 'replaced' | 'stale';
  /** What went wrong, and what to look at. */
  message?: string;
}

/** Writes the line. It holds no signature, token or phone number. */
export function report(
  trace: Trace,
  { status, body }: FunctionResponse,
  milliseconds: number,
): void {
  const { message, ...fields } = trace;
  const bytes = Buffer.isBuffer(body) ? body.length : Buffer.byteLength(String(body));
  log(levelOf(status, message), {
    function: 'audio',
    ...fields,
    status,
    bytes,
    milliseconds,
    message,
  });
}

function levelOf(status: number, message: string | undefined): 'info' | 'warn' | 'error' {
  // These two are for the owner of the bucket to repair, as S3's refusals are.
  if (status >= 500 || status === 413 || status === 415) return 'error';
  return message === undefined ? 'info' : 'warn';
}
