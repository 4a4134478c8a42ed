const RESERVED = /[^A-Za-z0-9\-._~]/gu;
const RESERVED_OR_ESCAPE = /%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~]/gu;
const UNRESERVED_OCTET = /^[A-Za-z0-9\-._~]$/;

function escapeOctets(text: string): string {
  return Buffer.from(text).toString('hex').toUpperCase().replace(/../g, '%$&');
}

/** Percent-encodes everything but RFC 3986's unreserved characters, in UTF-8; a percent sign, too. */
export function percentEncode(text: string): string {
  return text.replace(RESERVED, escapeOctets);
}

/**
 * The one spelling of a piece of a URL that is signed: unreserved characters are plain, all others
 * upper-case escapes. Works on octets, so that escapes that are no UTF-8 stay as they are.
 *
 * S3 reads a raw `+` as a blank, in the path as well as in the query: it becomes `%20`.
 */
export function canonicalSpelling(sent: string): string {
  return sent.replace(RESERVED_OR_ESCAPE, (piece) => {
    if (piece === '+') return '%20';
    if (piece.length < 3) return escapeOctets(piece);
    const octet = String.fromCharCode(Number.parseInt(piece.slice(1), 16));
    return UNRESERVED_OCTET.test(octet) ? octet : piece.toUpperCase();
  });
}

/** What `encodeURI` leaves as it is, and S3 wants escaped. */
const LEFT_BY_ENCODE_URI = /[!#$&'()*+,:;=?@]/g;

function escapeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

const DOT_SEGMENT = /(?:^|\/)\.\.?(?:\/|$)/;

/**
 * The path that addresses an S3 key: `prompts/a b.mp3` → `/prompts/a%20b.mp3`. Slashes stay.
 *
 * The segments `.` and `..` are refused although S3 allows them: WHATWG URL, proxies and media
 * clients resolve them, escaped or not, and would then ask for another object.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
 *
 * @throws {RangeError} when the key is empty, holds a dot segment or is not well-formed Unicode
 */
export function encodeKey(key: string): string {
  if (key === '') throw new RangeError('An S3 key must not be empty: "/" addresses the bucket');
  if (!key.isWellFormed()) {
    throw new RangeError(
      `The S3 key ${JSON.stringify(key)} holds half of a surrogate pair, which UTF-8 cannot encode`,
    );
  }
  if (DOT_SEGMENT.test(key)) {
    throw new RangeError(
      `The S3 key ${JSON.stringify(key)} holds the segment "." or "..", which URL parsers resolve: rename the object`,
    );
  }
  // Octet by octet this takes three times as long.
  return `/${encodeURI(key).replace(LEFT_BY_ENCODE_URI, escapeCharacter)}`;
}
