import { hash } from 'node:crypto';
import { canonicalRequest } from '../src/sigv4';
import type { Mask } from './mask';
import type { DiffLine } from './types';
import { parameter, type SentUrl } from './url';

/** Stands for the value of a signed header that no URL tells; the same on both sides. */
export const UNKNOWN_VALUE = '<as it was signed>';

/** The canonical request that S3 makes of a presigned request to check its signature. */
export function canonicalOf(url: SentUrl, method: string): string {
  return canonicalRequest({
    method,
    path: url.path,
    query: url.query,
    headers: signedHeaderNames(url).map((name) => [
      name,
      name === 'host' ? url.host : UNKNOWN_VALUE,
    ]),
    // The AWS SDK for JavaScript presigns with the payload hash as a parameter.
    payloadHash: parameter(url, 'X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD',
  });
}

/** What X-Amz-SignedHeaders names, `host` where it is missing. */
export function signedHeaderNames(url: SentUrl): string[] {
  return (parameter(url, 'X-Amz-SignedHeaders') ?? 'host').split('%3B');
}

/** Lower-case hexadecimal, as in the last line of a string to sign. */
export function sha256(canonical: string): string {
  return hash('sha256', canonical);
}

/** A canonical request that may be shown. */
export function maskCanonical(canonical: string, mask: Mask): string {
  const [[method], [path], query, rest] = sections(canonical, mask);
  const shown = (lines: readonly Line[]) => lines.map((line) => line.shown);
  return [method.shown, path.shown, shown(query).join('&'), ...shown(rest)].join('\n');
}

/** Both canonical requests in one, line by line; the query takes a line for each parameter. */
export function diffCanonical(presigned: string, requested: string, mask: Mask): DiffLine[] {
  const after = sections(requested, mask);
  return sections(presigned, mask).flatMap((before, i) => diffLines(before, after[i] ?? []));
}

interface Line {
  readonly exact: string;
  readonly shown: string;
}
type Sections = readonly [
  method: readonly [Line],
  path: readonly [Line],
  query: readonly Line[],
  rest: readonly Line[],
];

function sections(canonical: string, mask: Mask): Sections {
  const [method = '', path = '', query = '', ...rest] = canonical.split('\n');
  const line = (exact: string): Line => ({ exact, shown: mask.text(exact) });
  const pairs = query === '' ? [] : query.split('&');
  return [
    [line(method)],
    [line(path)],
    pairs.map((exact) => ({ exact, shown: mask.pair(exact) })),
    rest.map(line),
  ];
}

/** Merges two lists that keep the same order where they agree. */
function diffLines(presigned: readonly Line[], requested: readonly Line[]): DiffLine[] {
  const toCome = new Map<string, number>();
  for (const { exact } of requested) toCome.set(exact, (toCome.get(exact) ?? 0) + 1);

  const diff: DiffLine[] = [];
  const before = [...presigned].reverse();
  for (const line of requested) {
    // Lines that do not come any more are told first: what was signed, then what came instead.
    while (before.length > 0 && !toCome.get(before.at(-1)?.exact ?? '')) {
      diff.push({ in: 'presigned', text: before.pop()?.shown ?? '' });
    }
    const same = before.at(-1)?.exact === line.exact;
    if (same) before.pop();
    diff.push({ in: same ? 'both' : 'requested', text: line.shown });
    toCome.set(line.exact, (toCome.get(line.exact) ?? 0) - 1);
  }
  return [
    ...diff,
    ...before.reverse().map((line): DiffLine => ({ in: 'presigned', text: line.shown })),
  ];
}
