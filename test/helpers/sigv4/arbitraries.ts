import fc from 'fast-check';
import { encodeKey } from '../../../src/sigv4/encode';
import type { Credentials } from '../../../src/sigv4/sign';
import { HOSTILE_KEYS } from '../hostile-keys';

/** Runs of each property; CI asks for many more. */
export const RUNS = Number(process.env.FC_RUNS ?? 200);

/** Runs of a property that takes milliseconds each, as by HTTP; CI's seed is another every time. */
export const SLOW_RUNS = Math.min(RUNS, 1000);

/** Printable and unprintable, every plane, and the characters that URLs and proxies trip over. */
const anyText = (size: { minLength?: number; maxLength: number }) =>
  fc.oneof(
    fc.string({ ...size, unit: 'binary' }),
    fc.string({
      ...size,
      unit: fc.constantFrom(...'aZ09-._~!\'()*+ %&=/?#@:;,$[]{}|\\^`<>"é日😀'),
    }),
  );

/** Keys that encodeKey accepts. */
export const key = fc
  .oneof(
    { weight: 4, arbitrary: anyText({ minLength: 1, maxLength: 40 }) },
    fc.constantFrom(...HOSTILE_KEYS, '\u0000\u007f\u0080\u00a0\ufeff'),
  )
  .filter((each) => !each.split('/').some((segment) => segment === '.' || segment === '..'));

/** Parameters as names and values; a name may come twice. */
export const parameters = fc.array(
  fc.tuple(anyText({ minLength: 1, maxLength: 12 }), anyText({ maxLength: 20 })),
  { maxLength: 8 },
);

/** Parameters of which no name comes twice. */
export const distinctParameters = parameters.map((pairs) => [...new Map(pairs)]);

/** The spellings of a text that clients send. */
const spellings: readonly ((text: string) => string)[] = [
  encodeURIComponent,
  (text) => new URLSearchParams([['', text]]).toString().slice(1),
  (text) => encodeURIComponent(text).replace(/%../g, (octet) => octet.toLowerCase()),
  (text) => Buffer.from(text).toString('hex').replace(/../g, '%$&'),
];

const TOKEN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.!#$%&'*^`|~+";
const GENERATED = /^(host|date|authorization|x-amz-(date|content-sha256|security-token))$/i;

/** Headers with names in any case, values with blanks in any place, none twice. */
const headers = fc
  .uniqueArray(
    fc.tuple(
      fc.oneof(
        fc.constantFrom(
          'Range',
          'If-None-Match',
          'X-Amz-Meta-Note',
          'User-Agent',
          'Content-Type',
          'Cache-Control',
          'Proxy-X',
          'sec-fetch-mode',
          'connection',
        ),
        fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom(...TOKEN) }),
      ),
      fc.string({ maxLength: 20, unit: fc.constantFrom(...'aZ0 \t:;,="\'%&+é日') }),
    ),
    { maxLength: 6, selector: ([name]) => name.toLowerCase() },
  )
  .map((pairs) => pairs.filter(([name]) => !GENERATED.test(name) && name !== '__proto__'))
  .map((pairs): Record<string, string> => Object.fromEntries(pairs));

const credentials: fc.Arbitrary<Credentials> = fc.record(
  {
    accessKeyId: fc.constantFrom('AKIAIOSFODNN7EXAMPLE', 'AKIDEXAMPLE'),
    secretAccessKey: fc.constantFrom(
      'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    ),
    sessionToken: fc.base64String({ minLength: 4, maxLength: 60 }),
  },
  { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
);

const host = fc.constantFrom(
  'examplebucket.s3.amazonaws.com',
  's3.eu-central-1.amazonaws.com',
  '127.0.0.1:7480',
  'storage.example.com:8443',
);
const region = fc.constantFrom('us-east-1', 'eu-central-1', 'auto');
const now = fc.date({
  min: new Date('2000-01-01T00:00:00Z'),
  max: new Date('2099-12-31T23:59:59Z'),
  noInvalidDate: true,
});
const expiresInSeconds = fc.integer({ min: 1, max: 604_800 });

/** The options that every signer takes. */
export const signingOptions = fc.record({ credentials, region, now });
export const presigningOptions = fc.record({ credentials, region, now, expiresInSeconds });

/**
 * A request for a key, and its parameters as they were before they were spelled.
 *
 * No parameter or header is named `__proto__`: both peers keep names in plain objects, where an
 * assignment to it makes no property, so they send it and do not sign it.
 */
export function requestWith(pairs: fc.Arbitrary<[string, string][]>) {
  return fc
    .record({
      key,
      pairs: pairs.map((each) => each.filter(([name]) => name !== '__proto__')),
      spelling: fc.constantFrom(...spellings),
      headers,
      host,
      method: fc.constantFrom('GET', 'HEAD', 'PUT', 'DELETE'),
    })
    .map(({ key, pairs, spelling, headers, host, method }) => ({
      pairs,
      request: {
        method,
        host,
        path: encodeKey(key),
        query: pairs.map(([name, value]) => `${spelling(name)}=${spelling(value)}`).join('&'),
        headers,
      },
    }));
}
