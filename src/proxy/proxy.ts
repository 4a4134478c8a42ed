import type { Config } from '../config';
import { messageOf } from '../errors';
import { log } from '../log';
import { verifyProxyParameters } from '../playback/proxy-url';
import { type Answer, sentence } from '../runtime';
import { getObject, type ObjectResponse } from '../s3/get-object';

export interface ProxyCall {
  readonly event: Readonly<Record<string, unknown>>;
  /** Request headers, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Milliseconds for S3's whole answer: Twilio ends a Function after 10 s. */
const S3_TIMEOUT = 8000;

/** Request headers that are S3's business. */
const PASSED_ON = ['range', 'if-none-match', 'if-modified-since'];

/** Response headers that Twilio's media cache and player read. */
const PASSED_BACK = {
  'content-type': 'Content-Type',
  'content-range': 'Content-Range',
  'accept-ranges': 'Accept-Ranges',
  etag: 'ETag',
  'last-modified': 'Last-Modified',
  'cache-control': 'Cache-Control',
};

/**
 * Serves one object of the private bucket to whoever holds a URL that we signed. Only our three
 * parameters are read; what Twilio or anybody else appends changes nothing.
 */
export async function serveAudio(
  { s3, twilio }: Config,
  { event, headers }: ProxyCall,
  now: Date,
): Promise<Answer> {
  const { key, exp, sig } = event;
  if (
    twilio.authToken === undefined ||
    typeof key !== 'string' ||
    typeof exp !== 'string' ||
    typeof sig !== 'string' ||
    !key.startsWith(s3.prefix) ||
    !verifyProxyParameters(
      { authToken: twilio.authToken, bucket: s3.bucket },
      { key, exp, sig },
      now,
    )
  ) {
    return sentence(403, 'This audio URL is not valid or has expired.');
  }
  const passedOn = Object.fromEntries(
    PASSED_ON.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
  );
  const started = performance.now();
  let response: ObjectResponse;
  try {
    response = await getObject(s3, key, passedOn, { now, timeout: S3_TIMEOUT });
  } catch (thrown) {
    log('error', {
      function: 'audio',
      key,
      message: `S3 could not be reached: ${messageOf(thrown)}`,
    });
    return sentence(503, 'The audio is not available at the moment.', { 'Retry-After': '1' });
  }
  log(response.status < 400 ? 'info' : 'error', {
    function: 'audio',
    key,
    status: response.status,
    bytes: response.body.length,
    milliseconds: Math.round(performance.now() - started),
    requestId: response.headers['x-amz-request-id']?.toString(),
  });
  return toAnswer(response);
}

function toAnswer({ status, headers, body }: ObjectResponse): Answer {
  if (status === 200 || status === 206 || status === 304) {
    const passedBack = Object.entries(PASSED_BACK).flatMap(([from, to]) => {
      const value = headers[from];
      return typeof value === 'string' ? [[to, value]] : [];
    });
    return { status, headers: Object.fromEntries(passedBack), body };
  }
  if (status === 404) return sentence(404, 'There is no such audio.');
  if (status === 416) return sentence(416, 'The audio does not have the requested range.');
  return sentence(502, 'The audio could not be fetched.');
}
