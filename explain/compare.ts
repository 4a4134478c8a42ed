import { diffArrays } from 'diff';
import type { Parameter } from '../src/sigv4/canonical';
import { canonicalRequest } from '../src/sigv4/sign';
import type { Mask } from './mask';
import { parameter, type SentUrl, signedHeaderNames } from './presigned-url';

/** A query parameter whose values differ; they are percent-encoded and masked. */
export interface ParameterChange {
  readonly name: string;
  readonly presigned: readonly string[];
  readonly requested: readonly string[];
}

export interface ParameterChanges {
  readonly added: readonly ParameterChange[];
  readonly removed: readonly ParameterChange[];
  /** In both, with other values. */
  readonly changed: readonly ParameterChange[];
  /** In both with the same value, and in the requested URL once more. */
  readonly repeated: readonly ParameterChange[];
  /** The order differs, which does not matter: the canonical query is sorted. */
  readonly reordered: boolean;
  /** Spelled differently, which does not matter: `%7E` for `~`, `+` for `%20`. */
  readonly respelled: readonly string[];
}

/** Compares two queries as S3 reads them: by name and value, whatever their order and spelling. */
export function compareParameters(
  presigned: SentUrl,
  requested: SentUrl,
  mask: Mask,
): ParameterChanges {
  const before = valuesByName(presigned.parameters);
  const after = valuesByName(requested.parameters);
  const changes = [...new Set([...before.keys(), ...after.keys()])].map((name) => {
    const [from = [], to = []] = [before.get(name), after.get(name)];
    return { name, from, to, kind: kindOfChange(from, to) };
  });
  const ofKind = (kind: ChangeKind): ParameterChange[] =>
    changes
      .filter((change) => change.kind === kind)
      .map(({ name, from, to }) => ({
        name: mask.text(name),
        presigned: from.map((value) => mask.value(name, value)),
        requested: to.map((value) => mask.value(name, value)),
      }));
  const commonNames = (values: ReadonlyMap<string, unknown>) =>
    String([...values.keys()].filter((name) => before.has(name) && after.has(name)));
  return {
    added: ofKind('added'),
    removed: ofKind('removed'),
    changed: ofKind('changed'),
    repeated: ofKind('repeated'),
    reordered: commonNames(before) !== commonNames(after),
    respelled: respelledNames(presigned, requested).map((name) => mask.text(name)),
  };
}

function valuesByName(parameters: readonly Parameter[]): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of parameters) {
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return values;
}

type ChangeKind = 'same' | 'added' | 'removed' | 'changed' | 'repeated';

function kindOfChange(presigned: readonly string[], requested: readonly string[]): ChangeKind {
  if (presigned.length === 0) return 'added';
  if (requested.length === 0) return 'removed';
  if (String([...presigned].sort()) === String([...requested].sort())) return 'same';
  const within = (some: readonly string[], all: readonly string[]) =>
    some.every((value) => all.includes(value));
  const sameValues = within(presigned, requested) && within(requested, presigned);
  return sameValues && requested.length > presigned.length ? 'repeated' : 'changed';
}

/** Names of parameters that are the same to S3, and not the same bytes. */
function respelledNames(presigned: SentUrl, requested: SentUrl): string[] {
  const spellings = new Set(presigned.query.split('&'));
  const meanings = new Set(presigned.parameters.map(String));
  const pieces = requested.query.split('&').filter((piece) => piece !== '');
  return requested.parameters
    .filter((each, i) => meanings.has(String(each)) && !spellings.has(pieces[i] ?? ''))
    .map(([name]) => name);
}

/** Stands for the value of a signed header, which no URL shows; the same on both sides. */
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

/** A canonical request that may be shown. */
export function maskCanonical(canonical: string, mask: Mask): string {
  const [method, path, query, rest] = sections(canonical, mask);
  const shown = (lines: readonly CanonicalLine[]) => lines.map((line) => line.shown);
  return [...shown(method), ...shown(path), shown(query).join('&'), ...shown(rest)].join('\n');
}

/** A line of the two canonical requests; the query takes a line for each parameter. */
export interface DiffLine {
  readonly in: 'both' | 'presigned' | 'requested';
  readonly text: string;
}

/** Both canonical requests in one, line by line. */
export function diffCanonical(presigned: string, requested: string, mask: Mask): DiffLine[] {
  const after = sections(requested, mask);
  return sections(presigned, mask).flatMap((before, i) => diffLines(before, after[i] ?? []));
}

interface CanonicalLine {
  readonly exact: string;
  readonly shown: string;
}
type Section = readonly CanonicalLine[];

function sections(
  canonical: string,
  mask: Mask,
): readonly [method: Section, path: Section, query: Section, rest: Section] {
  const [method = '', path = '', query = '', ...rest] = canonical.split('\n');
  const line = (exact: string) => ({ exact, shown: mask.text(exact) });
  const pairs = query === '' ? [] : query.split('&');
  return [
    [line(method)],
    [line(path)],
    pairs.map((exact) => ({ exact, shown: mask.pair(exact) })),
    rest.map(line),
  ];
}

function diffLines(presigned: Section, requested: Section): DiffLine[] {
  const isSame = (a: CanonicalLine, b: CanonicalLine) => a.exact === b.exact;
  return diffArrays([...presigned], [...requested], { comparator: isSame }).flatMap(
    ({ added, removed, value }) => {
      const side = added ? 'requested' : removed ? 'presigned' : 'both';
      return value.map(({ shown }): DiffLine => ({ in: side, text: shown }));
    },
  );
}
