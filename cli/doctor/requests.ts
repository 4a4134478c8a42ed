import { CallError, type HttpRequest, type HttpResponse, sendRequest } from '../../phone';
import { PlayError, withFullStop } from '../../src/errors';
import { CHECK_REQUEST_MS, S3_ERROR_BYTES } from '../../src/limits';

/** What came back, with the beginning of its body. */
export type Answer = HttpResponse;

/**
 * Sends one request as it is, and reads the response, whatever its status.
 *
 * @throws {PlayError} when none comes
 */
export async function ask(
  url: string,
  headers: HttpRequest['headers'] = {},
  method: HttpRequest['method'] = 'GET',
): Promise<Answer> {
  const ms = CHECK_REQUEST_MS;
  const limits = { connectMs: ms, readMs: ms, totalMs: ms };
  try {
    return await sendRequest({ method, url, headers, limits, maxBytes: S3_ERROR_BYTES });
  } catch (thrown) {
    if (!(thrown instanceof CallError)) throw thrown;
    // Without the code that Twilio has for it: here it is not Twilio that asks.
    const message = thrown.message.replace(/^\d+: /, '');
    throw new PlayError(withFullStop(message), { cause: thrown });
  }
}
