import { CredentialsError } from '../credentials/credentials';
import { messageOf } from '../errors';
import { PROXY_BYTES } from '../limits';
import { OutOfTimeError } from '../retry';
import { type FunctionResponse, sentence } from '../runtime';
import {
  isTemporary as isTemporaryOfS3,
  ObjectTooLargeError,
  S3Error,
  type S3ErrorKind,
  S3TimeoutError,
} from '../s3/errors';
import { EmptyObjectError, UnplayableTypeError } from './audio';
import { rangeNotSatisfiable } from './responses';

/** S3 was unreachable, overloaded or not what answered: a cached object may still be current. */
export function isTemporary(thrown: unknown): boolean {
  if (thrown instanceof S3Error) return isTemporaryOfS3(thrown);
  return thrown instanceof OutOfTimeError || thrown instanceof CredentialsError;
}

/**
 * The response to a failure. It has none of S3's own text, which may hold keys and signatures.
 *
 * | what happened                                         | status              |
 * |-------------------------------------------------------|---------------------|
 * | no such object                                        | 404                 |
 * | the object has no such range                          | 416                 |
 * | larger than a Function can return                     | 413                 |
 * | nothing that Twilio plays, or no bytes                | 415                 |
 * | denied, wrong signature, wrong region, no credentials | 502                 |
 * | the answer is not S3's, or has other bytes            | 502                 |
 * | overloaded, no connection, cut off                    | 503 and Retry-After |
 * | too slow                                              | 504                 |
 *
 * @throws any other error
 */
export function failureResponse(thrown: unknown): FunctionResponse {
  if (thrown instanceof S3TimeoutError || thrown instanceof OutOfTimeError) {
    return sentence(504, 'The audio did not come in time.');
  }
  if (thrown instanceof ObjectTooLargeError) {
    return sentence(413, 'The audio is too large for this URL.');
  }
  if (thrown instanceof S3Error) return BY_KIND[thrown.kind](thrown);
  if (thrown instanceof UnplayableTypeError || thrown instanceof EmptyObjectError) {
    return sentence(415, 'This is not audio that can be played.');
  }
  if (thrown instanceof CredentialsError) return notFetched();
  throw thrown;
}

const BY_KIND: Readonly<Record<S3ErrorKind, (error: S3Error) => FunctionResponse>> = {
  'not found': () => sentence(404, 'There is no such audio.'),
  'invalid range': ({ contentRange = '' }) =>
    rangeNotSatisfiable(/^bytes \*\/\d{1,15}$/.test(contentRange) ? contentRange : undefined),
  unavailable: ({ retryAfterMs }) => unavailable(retryAfterMs),
  unusable: notFetched,
  permanent: notFetched,
};

function notFetched(): FunctionResponse {
  return sentence(502, 'The audio could not be fetched.');
}

function unavailable(retryAfterMs = 1000): FunctionResponse {
  return sentence(503, 'The audio is not available at the moment.', {
    'Retry-After': String(Math.max(1, Math.ceil(retryAfterMs / 1000))),
  });
}

/** The log's message about a failure: what happened, and what to check. */
export function logMessageOf(thrown: unknown): string {
  if (thrown instanceof ObjectTooLargeError) {
    return `${thrown.message}, and a Function can return ${PROXY_BYTES}: sync it (npm run sync), so that it is played as an Asset.`;
  }
  const isUnanswered = thrown instanceof S3Error && thrown.status === undefined;
  return isUnanswered
    ? `S3 could not be read: ${thrown.message}. If this stays so, check S3_ENDPOINT and S3_REGION.`
    : messageOf(thrown);
}
