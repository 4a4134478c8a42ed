import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';

/** An answer came that is not what was asked for, such as a page of HTML. */
export class ForeignAnswerError extends Error {
  /** @param how what is odd about it */
  constructor(
    readonly status: number,
    readonly how: string,
  ) {
    super(`${status} ${how}`);
  }
}

/**
 * What the sync takes from the headers of an object, and the SDK for its clock. The SDK ends a read
 * at any header that it cannot parse, such as a Last-Modified in another form.
 */
const HEADERS_READ =
  /^(age|content-length|content-range|date|etag|x-amz-(checksum-.*|id-2|request-id|server-side-encryption.*))$/;

/** Read by the SDK as they are; RFC 3339 with a zone. */
const PLAIN_DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/**
 * Makes a client take a listing only for what says that it is one: the SDK takes an empty answer, and
 * a page of XHTML, for an empty listing. What no decision rests on cannot spoil an answer.
 */
export function checkAnswers(client: S3Client): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const result = await next(args);
        const { response } = result;
        if (!isSuccess(response)) return result;
        if (commandName === 'GetObjectCommand') {
          response.headers = Object.fromEntries(
            Object.entries(response.headers).filter(([name]) => HEADERS_READ.test(name)),
          );
        }
        if (commandName === 'ListObjectsV2Command') {
          const text = await readText(response.body);
          if (!isListing(text)) {
            throw new ForeignAnswerError(response.statusCode, 'without a listing');
          }
          response.body = Readable.from([Buffer.from(withPlainDates(text))]);
        }
        return result;
      },
    // Next to the wire: before the SDK reads anything.
    { name: 'checkAnswers', step: 'deserialize', priority: 'low' },
  );
}

interface HttpResponse {
  readonly statusCode: number;
  headers: Record<string, unknown>;
  body: unknown;
}

function isSuccess(response: unknown): response is HttpResponse {
  if (typeof response !== 'object' || response === null) return false;
  if (!('statusCode' in response && 'headers' in response && 'body' in response)) return false;
  const { statusCode } = response;
  return typeof statusCode === 'number' && statusCode >= 200 && statusCode < 300;
}

async function readText(body: unknown): Promise<string> {
  if (!(body instanceof Readable)) return '';
  const chunks: Buffer[] = await body.toArray();
  return Buffer.concat(chunks)
    .toString()
    .replace(/^\uFEFF/, '');
}

/**
 * Whether a text is a page of ListObjectsV2. Each server says whether it is the last one; some leave
 * out KeyCount or Name. An error with status 200 is one, too, and the SDK throws it:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
function isListing(text: string): boolean {
  const [, root] = /^\s*(?:<\?[^>]*>\s*)*<(\w+)[\s>]/.exec(text) ?? [];
  if (root === 'Error') return true;
  return root === 'ListBucketResult' && /<IsTruncated>\s*(true|false)\s*</i.test(text);
}

/** Writes the dates of a listing as S3 does, whichever form a server has; leaves out what is no date. */
function withPlainDates(text: string): string {
  return text.replace(/<LastModified>([^<]*)<\/LastModified>/g, (element, date: string) => {
    if (PLAIN_DATE.test(date)) return element;
    const time = timeOf(date.trim());
    return Number.isNaN(time) ? '' : `<LastModified>${new Date(time).toISOString()}</LastModified>`;
  });
}

/** Epoch milliseconds. S3's dates are in UTC, whether they say so or not. */
function timeOf(date: string): number {
  return Date.parse(/(Z|GMT|UTC|[+-]\d\d:?\d\d)$/i.test(date) ? date : `${date}Z`);
}
