import type { IncomingHttpHeaders } from 'node:http';

/** What a conditional request is compared with. */
export interface Validators {
  /** Without quotes. */
  readonly etag: string;
  readonly lastModified: Date;
}

export type Outcome = 'proceed' | 'not modified' | 'failed';

const bare = (etag: string) =>
  etag
    .trim()
    .replace(/^W\//, '')
    .replace(/^"(.*)"$/, '$1');

function names(list: string, etag: string): boolean {
  return list.split(',').some((candidate) => ['*', etag].includes(bare(candidate)));
}

/** HTTP dates have whole seconds; a date that cannot be read is as good as none. */
function modifiedAfter(date: string | undefined, lastModified: Date): boolean | undefined {
  const since = Date.parse(date ?? '');
  if (Number.isNaN(since)) return undefined;
  return Math.floor(lastModified.getTime() / 1000) > Math.floor(since / 1000);
}

/**
 * Evaluates the conditions of a GET or HEAD in their order of precedence: a comparison of ETags
 * overrules one of dates.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 * https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2
 */
export function evaluateConditions(
  headers: IncomingHttpHeaders,
  { etag, lastModified }: Validators,
): Outcome {
  const ifMatch = headers['if-match'];
  if (ifMatch !== undefined) {
    if (!names(ifMatch, etag)) return 'failed';
  } else if (modifiedAfter(headers['if-unmodified-since'], lastModified) === true) {
    return 'failed';
  }
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined) return names(ifNoneMatch, etag) ? 'not modified' : 'proceed';
  return modifiedAfter(headers['if-modified-since'], lastModified) === false
    ? 'not modified'
    : 'proceed';
}
