import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { canonicalHeaders, lowerCased } from '../../../src/sigv4/canonical';
import { percentEncode } from '../../../src/sigv4/encode';
import {
  amzDate,
  authorizationHeader,
  type SignedParts,
  type UnsignedRequest,
} from '../../../src/sigv4/sign';
import { type PresignOptions, presign } from './presign';

const FOLDER = join(__dirname, '..', 'fixtures', 'aws-signing-test-suite', 'v4');

const contextSchema = v.object({
  credentials: v.object({
    access_key_id: v.string(),
    secret_access_key: v.string(),
    token: v.optional(v.string()),
  }),
  expiration_in_seconds: v.number(),
  normalize: v.boolean(),
  region: v.string(),
  service: v.string(),
  sign_body: v.boolean(),
  timestamp: v.string(),
  omit_session_token: v.optional(v.boolean(), false),
});

/** A request as the suite writes it down. */
export interface RecordedRequest extends UnsignedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A case of AWS's signing test suite. */
export interface SuiteCase {
  readonly name: string;
  /** As src/sigv4 takes it: its path is the general rules' canonical path already. */
  readonly request: RecordedRequest;
  readonly options: Required<PresignOptions> & {
    /** Send and sign `x-amz-content-sha256`. */
    readonly signBody: boolean;
  };
  /** The text of one of the case's files, such as `header-canonical-request.txt`. */
  readonly read: (file: string) => string;
}

/** All cases that come with expected results. */
export function suiteCases(): SuiteCase[] {
  return readdirSync(FOLDER)
    .filter((name) => existsSync(join(FOLDER, name, 'header-signature.txt')))
    .map((name) => {
      const read = (file: string) => readFileSync(join(FOLDER, name, file), 'utf8');
      const context = v.parse(contextSchema, JSON.parse(read('context.json')));
      const recorded = parseRequest(read('request.txt'));
      const request = { ...recorded, path: generalPath(recorded.path, context.normalize) };
      return { name, request, options: toOptions(context, request.body), read };
    });
}

/**
 * The path by the rules of services other than S3, which is all that src/sigv4 signs for: `.`, `..`
 * and repeated slashes are resolved, and what is sent is percent-encoded once more.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
function generalPath(path: string, normalize: boolean): string {
  const resolved = normalize ? resolveSegments(path) : path;
  return resolved.split('/').map(percentEncode).join('/');
}

function resolveSegments(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  return `/${kept.join('/')}${kept.length > 0 && path.endsWith('/') ? '/' : ''}`;
}

/** What is signed and sent when a case is signed in its Authorization header. */
export function signByHeader({ request, options }: SuiteCase): {
  readonly parts: SignedParts;
  readonly headers: Record<string, string>;
} {
  const { payloadHash, signBody, signSessionToken, now } = options;
  const { sessionToken } = options.credentials;
  const headers = lowerCased(request.headers).set('x-amz-date', amzDate(now));
  if (signBody) headers.set('x-amz-content-sha256', payloadHash);
  if (sessionToken && signSessionToken) headers.set('x-amz-security-token', sessionToken);
  const { method, path, query = '' } = request;
  const parts = { method, path, query, headers: canonicalHeaders(headers), payloadHash };
  if (sessionToken) headers.set('x-amz-security-token', sessionToken);
  headers.set('authorization', authorizationHeader(parts, options));
  return { parts, headers: Object.fromEntries(headers) };
}

/** What is signed and sent when a case is signed in its query. */
export function signByQuery({ request, options }: SuiteCase): {
  readonly parts: SignedParts;
  readonly query: string;
} {
  return presign(request, options);
}

function toOptions(context: v.InferOutput<typeof contextSchema>, body: string) {
  const { access_key_id, secret_access_key, token } = context.credentials;
  return {
    credentials: {
      accessKeyId: access_key_id,
      secretAccessKey: secret_access_key,
      ...(token === undefined ? {} : { sessionToken: token }),
    },
    region: context.region,
    service: context.service,
    now: new Date(context.timestamp),
    expiresInSeconds: context.expiration_in_seconds,
    payloadHash: createHash('sha256').update(body).digest('hex'),
    signBody: context.sign_body,
    signSessionToken: !context.omit_session_token,
  };
}

/** Reads an HTTP/1.1 request; lines that begin with blanks continue the header before them. */
export function parseRequest(text: string): RecordedRequest {
  const end = text.indexOf('\n\n');
  const head = end < 0 ? text : text.slice(0, end);
  const [first = '', ...lines] = head.replace(/\n[ \t]+/g, '  ').split('\n');
  const [, method = '', path = '', query] =
    /^(\S+) ([^?]*)(?:\?(.*))? HTTP\/1\.1$/.exec(first) ?? [];
  const headers: Record<string, string> = {};
  for (const line of lines.filter((each) => each !== '')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1);
    headers[name] = headers[name] === undefined ? value : `${headers[name]},${value}`;
  }
  const body = end < 0 ? '' : text.slice(end + 2);
  return { method, host: headers.host ?? '', path, query: query ?? '', headers, body };
}
