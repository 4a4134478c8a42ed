import { readUrl, unescapeAmpersands } from './presigned-url';

/**
 * Names of parameters that a presigner writes or signs: those of the signature, those of GetObject
 * and those of the SDKs. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
const SIGNED_NAME = /^(?:x-amz-.+|x-id|response-.+|versionId|partNumber)=/i;

/** Digits of a signature; what is appended to them is not its own. */
const SIGNATURE = /^X-Amz-Signature=[\da-f]{64}/;

/** A file ending, blanks or line ends that were appended to the last value. */
const APPENDED = /(?:\.\w{2,5}|(?:\+|%20|%09|%0[AD])+)$/i;

/**
 * Takes from a requested URL what was presigned, as far as it can be told: all that stands up to the
 * last parameter of a signature.
 *
 * @param requestedUrl whole
 * @throws {TypeError} when it is not a URL
 */
export function assumePresigned(requestedUrl: string): string {
  const { scheme, host, path, query } = readUrl(unescapeAmpersands(requestedUrl));
  const pieces = query.split('&');
  const last = pieces.findLastIndex((piece) => SIGNED_NAME.test(piece));
  const kept = last === -1 ? pieces : pieces.slice(0, last + 1);
  const presigned = kept.map((piece, i) => {
    const signed = SIGNATURE.exec(piece)?.[0];
    return signed ?? (i === last ? piece.replace(APPENDED, '') : piece);
  });
  return `${scheme}://${host}${path}?${presigned.join('&')}`;
}
