import { type Verdict, withRetry } from '../retry';
import type { S3Access } from './address';
import { BrokenAnswerError, type HttpAnswer, SlowAnswerError } from './exchange';
import { type GetObjectOptions, getObject } from './get-object';
import { S3Refusal } from './refusal';

export interface ReadObjectOptions extends GetObjectOptions {
  /** How often S3 is asked, a connection that was closed at its reuse aside. */
  readonly attempts: number;
}

/** The object, a part of it, or the news that it has not changed. */
const ANSWERS: ReadonlySet<number> = new Set([200, 206, 304]);

/**
 * Gets an object, and tries again inside the deadlines where that can help; over a new connection,
 * which may reach another of S3's servers:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance-guidelines.html
 *
 * | S3                                             | tried again |
 * |------------------------------------------------|-------------|
 * | 200, 206, 304                                  | no          |
 * | 429, 500, 502, 503, 504                        | yes         |
 * | any other refusal                              | no          |
 * | no connection, reset, body cut off             | yes         |
 * | no headers, or a pause in the body, for too long | yes       |
 * | too large                                      | no          |
 *
 * @returns an answer with status 200, 206 or 304
 * @throws {S3Refusal | SlowAnswerError | BrokenAnswerError | LargeObjectError} what the last try threw
 * @throws {RangeError} when the key cannot be addressed
 */
export function readObject(
  access: S3Access,
  key: string,
  headers: Readonly<Record<string, string>>,
  options: ReadObjectOptions,
): Promise<HttpAnswer> {
  const { clock, attempts, deadline, headDeadline = deadline } = options;
  let fresh = false;
  return withRetry({ clock, attempts, deadline: headDeadline }, verdictOn, async () => {
    const pending = getObject(access, key, headers, { ...options, fresh });
    fresh = true;
    const answer = await pending;
    if (!ANSWERS.has(answer.status)) throw new S3Refusal(answer, clock.now());
    return answer;
  });
}

function verdictOn(thrown: unknown): Verdict {
  if (thrown instanceof S3Refusal) {
    return { retry: thrown.meaning === 'busy', after: thrown.retryAfter };
  }
  return { retry: thrown instanceof SlowAnswerError || thrown instanceof BrokenAnswerError };
}
