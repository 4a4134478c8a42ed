import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import aws4 from 'aws4';
import type { Credentials, SigningOptions, UnsignedRequest } from '../../../src/sigv4/sign';

// aws4 signs some headers that we, like the AWS SDKs, leave out because they change on the way, and
// leaves out Range, which S3's own example signs. Both are options of its request.
const extraHeadersToIgnore = Object.fromEntries(
  'cache-control from keep-alive max-forwards pragma referer te trailer transfer-encoding upgrade'
    .split(' ')
    .map((name) => [name, true]),
);

/** The headers that aws4 sends, by lower-case name. */
export function signWithAws4(
  request: UnsignedRequest,
  { credentials, region, now }: SigningOptions,
) {
  const signed = aws4.sign(
    {
      ...aws4Request(request, region),
      headers: { ...request.headers, Host: request.host, 'X-Amz-Date': longDate(now) },
    },
    aws4Credentials(credentials),
  );
  return lowerCase(signed.headers ?? {});
}

export interface PresigningOptions extends SigningOptions {
  readonly expiresInSeconds: number;
}

/** The query that aws4 sends. */
export function presignWithAws4(
  request: UnsignedRequest,
  { credentials, region, now, expiresInSeconds }: PresigningOptions,
): string {
  const given = request.query ? `${request.query}&` : '';
  const query = `${given}X-Amz-Date=${longDate(now)}&X-Amz-Expires=${expiresInSeconds}`;
  const signed = aws4.sign(
    {
      ...aws4Request({ ...request, query }, region),
      headers: { ...request.headers, Host: request.host },
      signQuery: true,
    },
    aws4Credentials(credentials),
  );
  return signed.path?.split('?')[1] ?? '';
}

function aws4Request({ method, path, query, headers = {} }: UnsignedRequest, region: string) {
  const ignored = Object.keys(headers)
    .map((name) => name.toLowerCase())
    .filter((name) => /^(proxy|sec)-/.test(name));
  return {
    service: 's3',
    region,
    method,
    path: query ? `${path}?${query}` : path,
    extraHeadersToInclude: { range: true },
    extraHeadersToIgnore: {
      ...extraHeadersToIgnore,
      ...Object.fromEntries(ignored.map((name) => [name, true])),
    },
  };
}

function aws4Credentials({ accessKeyId, secretAccessKey, sessionToken }: Credentials) {
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

/** A query as Smithy takes it: decoded, several values of a name as a list. */
export type SmithyQuery = Record<string, string | string[]>;

export function smithyQuery(pairs: readonly (readonly [string, string])[]): SmithyQuery {
  const query = new Map<string, string | string[]>();
  for (const [name, value] of pairs) {
    const earlier = query.get(name);
    query.set(name, earlier === undefined ? value : [earlier, value].flat());
  }
  return Object.fromEntries(query);
}

/** The headers that Smithy's signer, the AWS SDK's own, sends. */
export async function signWithSmithy(
  request: UnsignedRequest,
  query: SmithyQuery,
  options: SigningOptions,
): Promise<Record<string, string>> {
  const sent = smithyRequest(request, query);
  const signed = await smithy(options).sign(sent, { signingDate: options.now });
  return lowerCase(signed.headers);
}

/** The query that Smithy's signer sends, decoded. */
export async function presignWithSmithy(
  request: UnsignedRequest,
  query: SmithyQuery,
  { now, expiresInSeconds, ...options }: PresigningOptions,
): Promise<SmithyQuery> {
  const signed = await smithy({ ...options, now }).presign(
    // A body that cannot be hashed makes it sign UNSIGNED-PAYLOAD, as S3 wants.
    new HttpRequest({ ...smithyRequest(request, query), body: {} }),
    {
      signingDate: now,
      expiresIn: expiresInSeconds,
      // It would move x-amz-* headers into the query; ours stay headers.
      unhoistableHeaders: new Set(
        Object.keys(request.headers ?? {}).map((name) => name.toLowerCase()),
      ),
    },
  );
  return Object.fromEntries(
    Object.entries(signed.query ?? {}).map(([name, value]) => [name, value ?? '']),
  );
}

function smithy({ credentials, region }: SigningOptions) {
  return new SignatureV4({
    service: 's3',
    region,
    credentials,
    sha256: Sha256,
    uriEscapePath: false,
    applyChecksum: true,
  });
}

function smithyRequest({ method, path, host, headers }: UnsignedRequest, query: SmithyQuery) {
  return new HttpRequest({ method, path, query, headers: { ...headers, host } });
}

function longDate(now: Date): string {
  return now.toISOString().replace(/[-:]|\.\d+/g, '');
}

function lowerCase(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}
