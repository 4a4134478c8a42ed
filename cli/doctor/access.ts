import { appendQuery } from '../../phone/request';
import type { S3Config } from '../../src/config';
import { credentialsOf } from '../../src/credentials/with-aws-clients';
import { PlayError } from '../../src/errors';
import { awsDnsSuffix, objectAddress } from '../../src/s3/address';
import { codeIn } from '../../src/s3/errors';
import { canonicalHeaders } from '../../src/sigv4/canonical';
import {
  amzDate,
  authorizationHeader,
  type Credentials,
  EMPTY_BODY_HASH,
  type SigningOptions,
  signHeaders,
} from '../../src/sigv4/sign';
import { presignedUrl } from '../presigned-url';
import { listUrl, readable } from './bucket';
import { both, check, type Finding, fail, from, ok, warn } from './check';
import { configuration } from './configuration';
import { type Answer, ask } from './requests';

/** Checks of who may read the bucket, and by which URLs. */

export const identity = check('credentials', from(configuration), async ({ s3 }, { clock }) => {
  const credentials = await credentialsOf(s3.credentials);
  const key = maskedKeyId(credentials);
  const sts = stsOrigin(s3);
  if (sts === undefined) return ok(`access key ${key}; STS is asked at AWS only`);
  const signing = { credentials, region: s3.region, now: clock.now() };
  try {
    return judgeIdentity(key, await askCallerIdentity(sts, signing));
  } catch (thrown) {
    if (!(thrown instanceof PlayError)) throw thrown;
    // A network may lead to S3 alone, which is all that calls need.
    return warn(`access key ${key}; STS could not be asked whose it is. ${thrown.message}`);
  }
});

/** Where STS is; undefined for another server than AWS. */
function stsOrigin({ endpoint, region, credentials }: S3Config): string | undefined {
  if (endpoint !== undefined) return undefined;
  const own = credentials.kind === 'role' ? credentials.endpoint : undefined;
  return own ?? `https://sts.${region}.${awsDnsSuffix(region)}`;
}

/** The beginning says whether a key is permanent (AKIA) or temporary (ASIA), the end which it is. */
export function maskedKeyId({ accessKeyId }: Pick<Credentials, 'accessKeyId'>): string {
  return accessKeyId.length < 12
    ? '****'
    : `${accessKeyId.slice(0, 4)}****${accessKeyId.slice(-4)}`;
}

/**
 * Asks who signs. Nobody can be forbidden to ask:
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
function askCallerIdentity(origin: string, signing: SigningOptions): Promise<Answer> {
  const query = 'Action=GetCallerIdentity&Version=2011-06-15';
  const { credentials, now } = signing;
  const { sessionToken } = credentials;
  const headers = new Map([
    ['host', new URL(origin).host],
    ['x-amz-date', amzDate(now)],
  ]);
  if (sessionToken !== undefined) headers.set('x-amz-security-token', sessionToken);
  const signed = canonicalHeaders(headers);
  const parts = { method: 'GET', path: '/', query, headers: signed, payloadHash: EMPTY_BODY_HASH };
  headers.set('authorization', authorizationHeader(parts, { ...signing, service: 'sts' }));
  return ask(`${origin}/?${query}`, Object.fromEntries(headers));
}

/** @param key the id of the access key, masked */
export function judgeIdentity(key: string, { status, body }: Answer): Finding {
  const text = body.toString();
  const arn = /<Arn>(arn:[\w+=,.@:/-]{1,2048})<\/Arn>/.exec(text)?.[1];
  if (status === 200 && arn !== undefined) return ok(`access key ${key} is ${arn}`);
  const code = codeIn(body);
  if (status === 403 && code !== undefined) {
    return fail(
      `STS does not know access key ${key}: ${status} ${code}. ${STS_ADVICE.get(code) ?? ''}`.trim(),
    );
  }
  return warn(`access key ${key}; STS could not tell whose it is (${status}).`);
}

const STS_ADVICE: ReadonlyMap<string, string> = new Map([
  ['ExpiredToken', 'The temporary credentials have expired.'],
  ['InvalidClientTokenId', 'Check S3_ACCESS_KEY_ID, or the id in S3_ACCESS_KEY.'],
  [
    'SignatureDoesNotMatch',
    'Check S3_SECRET_ACCESS_KEY, or the secret in S3_ACCESS_KEY, and the clock.',
  ],
]);

export const isPrivate = check(
  'private bucket',
  both(from(configuration), from(readable)),
  async ([{ s3 }, { key }]) => {
    const { origin, path } = objectAddress(s3, key);
    const [object, list] = await Promise.all([ask(origin + path), ask(listUrl(s3).url)]);
    return judgePrivacy(key, object.status, list.status);
  },
);

/** @param object status of an unsigned request for an object; `list`: for the list of the bucket */
export function judgePrivacy(key: string, object: number, list: number): Finding {
  if (object === 200 || object === 206) {
    return fail(
      `Everybody can read ${key} without a signature. Block public access to the bucket, unless that is meant.`,
    );
  }
  if (list === 200) {
    return fail(
      'Everybody can list the bucket without a signature. Block public access to the bucket.',
    );
  }
  const isRefused = [401, 403].includes(object);
  return isRefused
    ? ok(`refuses requests without a signature (${object})`)
    : warn(`A request without a signature is answered ${object}, and not refused with 403.`);
}

/** A presigned URL of AWS's SDK, and what S3 answers to it. */
export const presigned = check(
  'presigned URL',
  both(from(configuration), from(readable)),
  async ([{ s3 }, { key }]) => {
    const url = await presignedUrl(s3, key);
    const { status, body } = await ask(url);
    return status === 200
      ? ok('plays as it was signed (200)', { url })
      : fail(`S3 answers ${answered(status, body)} to a presigned URL of ${key}.`);
  },
);

function answered(status: number, body: Buffer): string {
  return [status, codeIn(body)].filter(Boolean).join(' ');
}

/** One of those that Twilio appended to a media request in <Gather>. */
const APPENDED = `CallSid=CA${'0'.repeat(32)}`;

export const appended = check('with parameter', from(presigned), async ({ url }) => {
  const { status, body } = await ask(appendQuery(url, APPENDED));
  return judgeAppended(status, answered(status, body));
});

/** @param answer status and code, in words */
export function judgeAppended(status: number, answer: string): Finding {
  if (status === 403) return ok(`${answer}, as expected: no prompt of this project has such a URL`);
  if (status === 200) return ok('this server does not mind what is appended (200)');
  return fail(
    `S3 answers ${answer} to a presigned URL with an appended parameter, and neither 403 nor 200. Does something stand between here and S3?`,
  );
}

export const ownSigner = check(
  'signed header',
  both(from(configuration), from(readable)),
  async ([{ s3 }, { key }], { clock }) => {
    const { origin, host, path } = objectAddress(s3, key);
    const credentials = await credentialsOf(s3.credentials);
    const request = { method: 'GET', host, path, headers: { range: 'bytes=0-0' } };
    const signed = signHeaders(request, { credentials, region: s3.region, now: clock.now() });
    const { status, body } = await ask(origin + path, signed);
    return status === 206 || status === 200
      ? ok(`the proxy's own request (${status}): nothing appended gets into it`)
      : fail(`S3 answers ${answered(status, body)} to the request that the proxy sends.`);
  },
);
