/** Lower-case names and trimmed values, sorted by name: what is signed. */
export type CanonicalHeaders = readonly (readonly [name: string, value: string])[];

// Set or rewritten by clients and proxies between signing and S3; a signature over them breaks on
// the way. The AWS SDKs leave out the same ones:
// https://github.com/smithy-lang/smithy-typescript/blob/main/packages/signature-v4/src/constants.ts
const CHANGED_ON_THE_WAY = new Set([
  'authorization',
  'cache-control',
  'connection',
  'expect',
  'from',
  'keep-alive',
  'max-forwards',
  'pragma',
  'referer',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'x-amzn-trace-id',
]);
const SET_BY_CLIENTS = /^(proxy|sec)-/;

/** Headers by their lower-case names; those that differ by case only are joined by a comma. */
export function lowerCased(headers: Readonly<Record<string, string>> = {}): Map<string, string> {
  const byName = new Map<string, string>();
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase();
    const earlier = byName.get(name);
    byName.set(name, earlier === undefined ? value : `${earlier},${value}`);
  }
  return byName;
}

/** The headers to sign, of all that are sent: those that arrive at S3 as they were. */
export function canonicalHeaders(sent: ReadonlyMap<string, string>): CanonicalHeaders {
  return [...sent]
    .filter(([name]) => !CHANGED_ON_THE_WAY.has(name) && !SET_BY_CLIENTS.test(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => [name, value.replace(/[ \t\r\n]+/g, ' ').replace(/^ | $/g, '')]);
}

/** `host;range;x-amz-date`: the names of the signed headers. */
export function signedHeaders(headers: CanonicalHeaders): string {
  return headers.map(([name]) => name).join(';');
}
