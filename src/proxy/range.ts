/** First and last byte, both included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** Whether a Range header asks for one range of bytes, and for one that an object can have. */
export function isRange(header: string): boolean {
  return typeof rangeOf(header, Number.MAX_SAFE_INTEGER) === 'object';
}

/**
 * The one range that a Range header asks for, of an object with so many bytes. Several ranges, and
 * what makes no sense, ask for the whole, as they do of S3.
 *
 * https://www.rfc-editor.org/rfc/rfc9110#section-14.1.2
 */
export function rangeOf(
  header: string | undefined,
  size: number,
): ByteRange | 'whole' | 'unsatisfiable' {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return 'whole';
  if (from === '') {
    const length = Math.min(Number(to), size);
    return length === 0 ? 'unsatisfiable' : { first: size - length, last: size - 1 };
  }
  const first = Number(from);
  if (to !== '' && Number(to) < first) return 'whole';
  if (first >= size) return 'unsatisfiable';
  return { first, last: to === '' ? size - 1 : Math.min(Number(to), size - 1) };
}
