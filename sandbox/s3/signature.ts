import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { getCanonicalHeaders, SignatureV4 } from '@smithy/signature-v4';
import { ALGORITHM, type Claims, parseLongDate, readClaims } from './claims';
import { S3ErrorResponse } from './errors';
import { type Parameter, parameter, type S3Request, uriEncode } from './request';

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The key pairs that a server accepts, and the region of its signatures. */
export interface AcceptedKeys {
  readonly region: string;
  /** Secrets of the active keys, by their ids. */
  readonly secrets: ReadonlyMap<string, string>;
}

/**
 * Signs a request again with AWS's own signer, and compares.
 *
 * @returns the payload hash that is signed: 64 hexadecimal digits, or UNSIGNED-PAYLOAD
 * @throws {S3ErrorResponse} when S3 would refuse the request
 */
export async function verifySignature(
  request: S3Request,
  accepted: AcceptedKeys,
  now: Date,
): Promise<string> {
  const claims = readClaims(request, now);
  const credentials = checkCredential(claims, accepted);
  refuseSessionToken(request);
  refuseUnsignedHeaders(request, claims);

  const signed = await new AwsSigner(accepted.region, credentials).signAgain(request, claims);
  // AWS's signer never signs a parameter of this name, in upper or lower case. That of a presigned
  // URL is not in claims.query.
  const isHidden = claims.query.some(([name]) => name.toLowerCase() === 'x-amz-signature');
  if (signed.signature === claims.signature && !isHidden) return claims.payloadHash;
  throw new S3ErrorResponse('SignatureDoesNotMatch', {
    AWSAccessKeyId: credentials.accessKeyId,
    StringToSign: signed.stringToSign,
    SignatureProvided: claims.signature,
    StringToSignBytes: hexBytes(signed.stringToSign),
    CanonicalRequest: signed.canonicalRequest,
    CanonicalRequestBytes: hexBytes(signed.canonicalRequest),
  });
}

const hexBytes = (text: string) => (Buffer.from(text).toString('hex').match(/../g) ?? []).join(' ');

/** AWS's signer. Also returns what it signs. */
class AwsSigner extends SignatureV4 {
  readonly #region: string;

  constructor(region: string, credentials: S3Credentials) {
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
    const signature = await this.sign(stringToSign, { signingDate });
    return { canonicalRequest, stringToSign, signature };
  }
}

function valuesByName(query: readonly Parameter[]): Record<string, string[]> {
  const values: Record<string, string[]> = Object.create(null);
  for (const [name, value] of query) values[name] = [...(values[name] ?? []), value];
  return values;
}

/** Returns the key pair of a credential that can be right. */
function checkCredential(
  claims: Claims,
  { region: expected, secrets }: AcceptedKeys,
): S3Credentials {
  const { credential, longDate, badCredential } = claims;
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
    const message = `the region '${region}' is wrong; expecting '${expected}'`;
    throw badCredential(message, { Region: expected });
  }
  if (service !== 's3') {
    throw badCredential(`incorrect service "${service}". This endpoint belongs to "s3".`);
  }
  if (terminal !== 'aws4_request') {
    throw badCredential(`incorrect terminal "${terminal}". This endpoint uses "aws4_request".`);
  }
  const secretAccessKey = secrets.get(accessKeyId);
  if (secretAccessKey === undefined) {
    throw new S3ErrorResponse('InvalidAccessKeyId', { AWSAccessKeyId: accessKeyId });
  }
  return { accessKeyId, secretAccessKey };
}

/** This server has no temporary credentials. */
function refuseSessionToken(request: S3Request): void {
  const token = parameter(request, 'X-Amz-Security-Token');
  if (token !== undefined || request.headers.has('x-amz-security-token')) {
    throw new S3ErrorResponse('InvalidToken');
  }
}

/** Host and every x-amz-* header have to be signed. */
function refuseUnsignedHeaders({ headers }: S3Request, { signedHeaders }: Claims): void {
  const unsigned = [...headers.keys()]
    .filter((name) => name === 'host' || name.startsWith('x-amz-'))
    .filter((name) => !signedHeaders.includes(name));
  if (unsigned.length === 0) return;
  const message = 'There were headers present in the request which were not signed';
  throw new S3ErrorResponse('AccessDenied', { HeadersNotSigned: unsigned.join(', ') }, message);
}
