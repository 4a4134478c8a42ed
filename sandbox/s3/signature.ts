import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { getCanonicalHeaders, SignatureV4 } from '@smithy/signature-v4';
import { PRESIGNED_SECONDS, S3_CLOCK_SKEW_MS } from '../../src/limits';
import { type ErrorDetails, notImplemented, S3Error } from './error';
import { type Parameter, parameter, type S3Request, uriEncode } from './request';

const ALGORITHM = 'AWS4-HMAC-SHA256';

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The one signer that a server takes requests from. */
export interface Signer {
  readonly region: string;
  readonly credentials: S3Credentials;
}

/** What a request says about its signature. */
interface Claims {
  /** Parts of `AKID/date/region/service/aws4_request`. */
  readonly credential: readonly string[];
  /** Such as 20130524T000000Z. */
  readonly longDate: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly payloadHash: string;
  /** The parameters that are signed. */
  readonly query: readonly Parameter[];
  /** The error for a credential that cannot be right. */
  readonly badCredential: (message: string, details?: ErrorDetails) => S3Error;
}

/**
 * Signs a request again with AWS's own signer, and compares.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 *
 * @returns the payload hash that is signed: 64 hexadecimal digits, or UNSIGNED-PAYLOAD
 * @throws {S3Error} when S3 would refuse the request
 */
export async function verifySignature(
  request: S3Request,
  { region, credentials }: Signer,
  now: Date,
): Promise<string> {
  const claims = readClaims(request, now);
  checkScope(claims, region);
  const [accessKeyId] = claims.credential;
  if (accessKeyId !== credentials.accessKeyId) {
    throw new S3Error(
      'InvalidAccessKeyId',
      'The AWS Access Key Id you provided does not exist in our records.',
      { AWSAccessKeyId: accessKeyId ?? '' },
    );
  }
  refuseSessionToken(request);
  refuseUnsignedHeaders(request, claims);

  const signed = await new AwsSigner({ region, credentials }).signAgain(request, claims);
  // AWS's signer drops such a parameter, in any case. Only the one of a presigned URL, which
  // is not in claims.query, is not signed.
  const hidden = claims.query.some(([name]) => name.toLowerCase() === 'x-amz-signature');
  if (signed.signature === claims.signature && !hidden) return claims.payloadHash;
  throw new S3Error(
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    {
      AWSAccessKeyId: accessKeyId,
      StringToSign: signed.stringToSign,
      SignatureProvided: claims.signature,
      StringToSignBytes: hexBytes(signed.stringToSign),
      CanonicalRequest: signed.canonicalRequest,
      CanonicalRequestBytes: hexBytes(signed.canonicalRequest),
    },
  );
}

const hexBytes = (text: string) => (Buffer.from(text).toString('hex').match(/../g) ?? []).join(' ');

class AwsSigner extends SignatureV4 {
  readonly #region: string;

  constructor({ region, credentials }: Signer) {
    // S3 escapes a path once.
    super({ service: 's3', region, credentials, sha256: Sha256, uriEscapePath: false });
    this.#region = region;
  }

  async signAgain(request: S3Request, { signedHeaders, query, longDate, payloadHash }: Claims) {
    const sent = new HttpRequest({
      method: request.method,
      path: request.path.split('/').map(uriEncode).join('/'),
      query: valuesByName(query),
      headers: Object.fromEntries(
        [...request.headers].filter(([name]) => signedHeaders.includes(name)),
      ),
    });
    const headers = getCanonicalHeaders(sent, undefined, new Set(signedHeaders));
    const canonicalRequest = this.createCanonicalRequest(sent, headers, payloadHash);
    const scope = `${longDate.slice(0, 8)}/${this.#region}/s3/aws4_request`;
    const stringToSign = await this.createStringToSign(
      longDate,
      scope,
      canonicalRequest,
      ALGORITHM,
    );
    const signingDate = new Date(parseLongDate(longDate));
    return {
      canonicalRequest,
      stringToSign,
      signature: await this.sign(stringToSign, { signingDate }),
    };
  }
}

function valuesByName(query: readonly Parameter[]): Record<string, string[]> {
  const values: Record<string, string[]> = Object.create(null);
  for (const [name, value] of query) values[name] = [...(values[name] ?? []), value];
  return values;
}

function readClaims(request: S3Request, now: Date): Claims {
  const { headers, query } = request;
  const authorization = headers.get('authorization');
  const inQuery = parameter(request, 'X-Amz-Algorithm') !== undefined;
  const version2 = parameter(request, 'Signature') !== undefined;
  if (authorization !== undefined && (inQuery || version2)) {
    throw new S3Error(
      'InvalidArgument',
      'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
    );
  }
  if (authorization === undefined && !inQuery && !version2) {
    throw new S3Error('AccessDenied', 'Access Denied');
  }
  // Buckets made since June 2020 do not take Signature Version 2, which leaves unknown parameters
  // unsigned. https://docs.aws.amazon.com/AmazonS3/latest/API/Appendix-Sigv2.html
  if (version2 || authorization?.startsWith('AWS ')) {
    throw new S3Error(
      'InvalidRequest',
      `The authorization mechanism you have provided is not supported. Please use ${ALGORITHM}.`,
    );
  }
  return authorization === undefined
    ? readPresigned(request, query, now)
    : readAuthorization(request, authorization, now);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html */
function readAuthorization(request: S3Request, authorization: string, now: Date): Claims {
  const [scheme, rest = ''] = authorization.split(/ (.*)/s);
  if (scheme !== ALGORITHM) {
    throw new S3Error('InvalidArgument', 'Unsupported Authorization Type', {
      ArgumentName: 'Authorization',
      ArgumentValue: authorization,
    });
  }
  const malformed = (message: string, details?: ErrorDetails) =>
    new S3Error(
      'AuthorizationHeaderMalformed',
      `The authorization header is malformed; ${message}`,
      details,
    );
  const component = (name: string) =>
    new RegExp(`(?:^|,)\\s*${name}=([^,\\s]+)`).exec(rest)?.[1] ?? '';
  const [credential, signedHeaders, signature] = ['Credential', 'SignedHeaders', 'Signature'].map(
    component,
  );
  if (!credential || !signedHeaders || !signature) {
    throw malformed(
      'the authorization header requires three components: Credential, SignedHeaders, and Signature.',
    );
  }
  const longDate = dateOf(request);
  const time = parseLongDate(longDate);
  if (Math.abs(time - now.getTime()) > S3_CLOCK_SKEW_MS) {
    throw new S3Error(
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
      {
        RequestTime: longDate,
        ServerTime: isoSeconds(now.getTime()),
        MaxAllowedSkewMilliseconds: S3_CLOCK_SKEW_MS,
      },
    );
  }
  const payloadHash = request.headers.get('x-amz-content-sha256');
  if (payloadHash === undefined) {
    throw new S3Error(
      'InvalidRequest',
      'Missing required header for this request: x-amz-content-sha256',
    );
  }
  return {
    credential: credential.split('/'),
    longDate,
    signedHeaders: signedHeaders.split(';'),
    signature,
    payloadHash: checkPayloadHash(payloadHash),
    query: request.query,
    badCredential: malformed,
  };
}

const PRESIGNED_PARAMETERS = [
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Signature',
  'X-Amz-Date',
  'X-Amz-SignedHeaders',
  'X-Amz-Expires',
] as const;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
function readPresigned(request: S3Request, query: readonly Parameter[], now: Date): Claims {
  const refuse = (message: string, details?: ErrorDetails) =>
    new S3Error('AuthorizationQueryParametersError', message, details);
  const names = query.map(([name]) => name).filter((name) => /^x-amz-/i.test(name));
  // What S3 answers is not documented.
  if (new Set(names).size < names.length) {
    throw refuse('An X-Amz-* parameter was given more than once');
  }
  const [algorithm, credential = '', signature = '', longDate = '', signedHeaders = '', life] =
    PRESIGNED_PARAMETERS.map((name) => parameter(request, name));
  if (!credential || !signature || !longDate || !signedHeaders || life === undefined) {
    throw refuse(
      `Query-string authentication version 4 requires the ${PRESIGNED_PARAMETERS.join(', ')} parameters.`,
    );
  }
  if (algorithm !== ALGORITHM) throw refuse(`X-Amz-Algorithm only supports "${ALGORITHM}"`);
  if (!/^-?\d+$/.test(life)) throw refuse('X-Amz-Expires should be a number');
  if (Number(life) < 0) throw refuse('X-Amz-Expires must be non-negative');
  if (Number(life) > PRESIGNED_SECONDS) {
    throw refuse(
      `X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${PRESIGNED_SECONDS} seconds`,
    );
  }
  const time = parseLongDate(longDate);
  if (Number.isNaN(time)) {
    throw refuse("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  }
  const expiry = time + Number(life) * 1000;
  const times = { Expires: isoSeconds(expiry), ServerTime: isoSeconds(now.getTime()) };
  if (time > now.getTime() + S3_CLOCK_SKEW_MS) {
    throw new S3Error('AccessDenied', 'Request is not yet valid', times);
  }
  if (expiry < now.getTime()) {
    throw new S3Error('AccessDenied', 'Request has expired', { 'X-Amz-Expires': life, ...times });
  }
  return {
    credential: credential.split('/'),
    longDate,
    signedHeaders: signedHeaders.split(';'),
    signature,
    payloadHash: checkPayloadHash(
      parameter(request, 'X-Amz-Content-Sha256') ??
        request.headers.get('x-amz-content-sha256') ??
        'UNSIGNED-PAYLOAD',
    ),
    query: query.filter(([name]) => name !== 'X-Amz-Signature'),
    badCredential: (message, details) =>
      refuse(`Error parsing the X-Amz-Credential parameter; ${message}`, details),
  };
}

function checkScope({ credential, longDate, badCredential }: Claims, expected: string): void {
  const [accessKeyId, date, region, service, terminal, ...more] = credential;
  if (!accessKeyId || !date || !region || !service || !terminal || more.length > 0) {
    throw badCredential(
      'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    );
  }
  if (date !== longDate.slice(0, 8)) {
    throw badCredential('Invalid credential date. Date is not the same as X-Amz-Date.');
  }
  if (region !== expected) {
    throw badCredential(`the region '${region}' is wrong; expecting '${expected}'`, {
      Region: expected,
    });
  }
  if (service !== 's3') {
    throw badCredential(`incorrect service "${service}". This endpoint belongs to "s3".`);
  }
  if (terminal !== 'aws4_request') {
    throw badCredential(`incorrect terminal "${terminal}". This endpoint uses "aws4_request".`);
  }
}

/** There are no temporary credentials here. */
function refuseSessionToken(request: S3Request): void {
  const token = parameter(request, 'X-Amz-Security-Token');
  if (token === undefined && !request.headers.has('x-amz-security-token')) return;
  throw new S3Error('InvalidToken', 'The provided token is malformed or otherwise invalid.');
}

/** Host and every x-amz-* header have to be signed. */
function refuseUnsignedHeaders({ headers }: S3Request, { signedHeaders }: Claims): void {
  const unsigned = [...headers.keys()]
    .filter((name) => name === 'host' || name.startsWith('x-amz-'))
    .filter((name) => !signedHeaders.includes(name));
  if (unsigned.length === 0) return;
  throw new S3Error(
    'AccessDenied',
    'There were headers present in the request which were not signed',
    { HeadersNotSigned: unsigned.join(', ') },
  );
}

function checkPayloadHash(payloadHash: string): string {
  if (payloadHash.startsWith('STREAMING-'))
    throw notImplemented({ Header: 'x-amz-content-sha256' });
  if (payloadHash === 'UNSIGNED-PAYLOAD' || /^[\da-f]{64}$/.test(payloadHash)) return payloadHash;
  throw new S3Error(
    'InvalidArgument',
    'x-amz-content-sha256 must be UNSIGNED-PAYLOAD or a valid sha256 value.',
    { ArgumentName: 'x-amz-content-sha256', ArgumentValue: payloadHash },
  );
}

/** The long date of a request that is signed in its header: X-Amz-Date, otherwise Date. */
function dateOf({ headers }: S3Request): string {
  const amzDate = headers.get('x-amz-date');
  if (amzDate !== undefined && !Number.isNaN(parseLongDate(amzDate))) return amzDate;
  const date = Date.parse(headers.get('date') ?? '');
  if (amzDate === undefined && !Number.isNaN(date)) return isoSeconds(date).replace(/[-:]/g, '');
  throw new S3Error(
    'AccessDenied',
    'AWS authentication requires a valid Date or x-amz-date header',
  );
}

const LONG_DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** Milliseconds since the epoch of `20130524T000000Z`; NaN for anything else. */
function parseLongDate(date: string): number {
  return LONG_DATE.test(date) ? Date.parse(date.replace(LONG_DATE, '$1-$2-$3T$4:$5:$6Z')) : NaN;
}

function isoSeconds(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d+/, '');
}
