import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { SigningOptions, UnsignedRequest } from '../../../src/sigv4';

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
  readonly request: RecordedRequest;
  readonly options: SigningOptions & { readonly expiresIn: number; readonly payloadHash: string };
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
      const request = parseRequest(read('request.txt'));
      return { name, request, options: toOptions(context, request.body), read };
    });
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
    expiresIn: context.expiration_in_seconds,
    payloadHash: createHash('sha256').update(body).digest('hex'),
    sendPayloadHash: context.sign_body,
    signSessionToken: !context.omit_session_token,
    normalizePath: context.normalize,
    doubleEncodePath: true,
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
