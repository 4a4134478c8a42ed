import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { ConfigError } from '../errors';
import { FAST_CHECKSUM_BYTES } from '../limits';
import { log } from '../log';
import { isRecord } from '../record';
import { requirePrivateFunction } from '../runtime';
import { entityTagOf, matchesEntityTag, opaqueTagOf } from './entity-tag';
import { foreignAnswer, S3Error } from './errors';
import { rangeOf } from './range';
import type { ObjectResponse } from './request';

/**
 * Checks that a response with status 200, 206 or 304 is S3's and answers the request, and compares the
 * bytes of a whole object with what S3 says about them.
 *
 * | response                                                  |                       |
 * |-----------------------------------------------------------|-----------------------|
 * | 200 or 206 without an ETag                                | is not S3's           |
 * | 206 with another range than the request's                 | is not S3's           |
 * | 304 to a request without a condition, or for another ETag | is not S3's           |
 * | 200, the MD5 or a checksum matches                        | is verified           |
 * | 200, one of them differs and none matches                 | is not the object     |
 * | 200, S3 says neither                                      | cannot be verified    |
 * | 200, S3 says neither, and it is empty or a web page       | is not S3's           |
 *
 * @param sent the headers of the request, lower case
 * @param loadCrcs called for a body that only one of these can verify
 * @returns whether the body was compared with its MD5 or checksum
 * @throws {S3Error} of the kind "unusable"
 */
export async function verifyResponse(
  response: ObjectResponse,
  sent: Readonly<Record<string, string>>,
  loadCrcs: LoadCrcs,
): Promise<boolean> {
  const { status, headers, body } = response;
  if (status === 304) {
    verifyNotModified(response, sent);
    return false;
  }
  if (!headers.etag) throw foreignAnswer(status, 'without an ETag');
  if (status === 206) {
    verifyRange(response, sent.range);
    return false;
  }
  if (await verifyBody(response, loadCrcs)) return true;
  if (body.length === 0) throw foreignAnswer(status, 'without a body');
  if (isPage(headers)) throw foreignAnswer(status, 'with an HTML page');
  return false;
}

/** A web server's, or a sign-in page: without the id that S3 gives every request, as few servers do. */
function isPage(headers: IncomingHttpHeaders): boolean {
  return (
    headers['x-amz-request-id'] === undefined &&
    /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(headers['content-type'] ?? '')
  );
}

function verifyNotModified(
  { status, headers }: ObjectResponse,
  sent: Readonly<Record<string, string>>,
): void {
  const ifNoneMatch = sent['if-none-match'];
  if (ifNoneMatch === undefined && sent['if-modified-since'] === undefined) {
    throw foreignAnswer(status, 'to a request without a condition');
  }
  // Not every server sends it.
  const etag = entityTagOf(headers.etag);
  if (ifNoneMatch !== undefined && etag !== undefined && !matchesEntityTag(ifNoneMatch, etag)) {
    throw foreignAnswer(status, 'with another ETag');
  }
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-14.4 */
const CONTENT_RANGE = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/;

function verifyRange({ status, headers, body }: ObjectResponse, range: string | undefined): void {
  const [, first, last, size] = CONTENT_RANGE.exec(headers['content-range'] ?? '') ?? [];
  const asked = rangeOf(range, Number(size ?? 0));
  const isAsked =
    typeof asked === 'object' && asked.first === Number(first) && asked.last === Number(last);
  if (!isAsked || body.length !== asked.last - asked.first + 1) {
    throw foreignAnswer(status, 'with another range');
  }
}

/**
 * One match is enough: an ETag may look like an MD5 and be none, and a weak one promises no bytes.
 *
 * @returns false when S3 says nothing about the bytes
 */
async function verifyBody(
  { status, headers, body }: ObjectResponse,
  loadCrcs: LoadCrcs,
): Promise<boolean> {
  const etag = entityTagOf(headers.etag) ?? '';
  const md5 = md5Of(etag, headers);
  const checksum = checksumOf(headers, loadCrcs);
  const matchesMd5 = () => md5 !== undefined && hash('md5', body) === md5;
  const beginsWithMd5 = !checksum?.isFast || body.length < FAST_CHECKSUM_BYTES;
  if (beginsWithMd5 && matchesMd5()) return true;
  const digest = await checksum?.digest(body);
  if (digest !== undefined && digest === checksum?.expected) return true;
  if (!beginsWithMd5 && matchesMd5()) return true;
  const isStrong = opaqueTagOf(etag) === etag;
  const md5Differs = md5 !== undefined && isStrong ? 'ETag' : undefined;
  const differs = digest === undefined ? md5Differs : checksum?.name;
  if (differs === undefined) return false;
  throw new S3Error(
    `The ${body.length} bytes that came do not match S3's ${differs}: check what stands between here and S3, and upload the object again if this stays so.`,
    { kind: 'unusable', status },
  );
}

/**
 * The MD5 of an object whose ETag is one: uploaded in a single part, and encrypted neither with KMS
 * nor with a customer's key.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
 */
export function md5Of(etag: string, headers: IncomingHttpHeaders): string | undefined {
  const encryption = headers['x-amz-server-side-encryption']?.toString();
  const isOther =
    encryption?.startsWith('aws:kms') ||
    headers['x-amz-server-side-encryption-customer-algorithm'] !== undefined;
  return isOther ? undefined : /^"([0-9a-f]{32})"$/i.exec(opaqueTagOf(etag))?.[1]?.toLowerCase();
}

interface Checksum {
  /** The response header. */
  readonly name: string;
  /** In base64. */
  readonly expected: string;
  /** Faster than an MD5. */
  readonly isFast: boolean;
  /** Undefined where it cannot be calculated. */
  readonly digest: (body: Buffer) => Promise<string | undefined>;
}

/** @returns undefined where S3 sends none, one over the parts of an upload, or one unknown here */
export function checksumOf(headers: IncomingHttpHeaders, loadCrcs: LoadCrcs): Checksum | undefined {
  if (headers['x-amz-checksum-type'] === 'COMPOSITE') return undefined;
  for (const [name, digest] of DIGESTS) {
    const expected = headers[name]?.toString();
    if (expected !== undefined && !/-\d+$/.test(expected)) {
      const isFast = FAST.has(name);
      return { name, expected, isFast, digest: (body) => digest(body, loadCrcs) };
    }
  }
  return undefined;
}

/** Checksums that Node does not have, in base64. */
export interface Crcs {
  crc32c(body: Buffer): Promise<string>;
  crc64nvme(body: Buffer): Promise<string>;
}

/** Undefined where they cannot be loaded: a caller hears an object all the same. */
export type LoadCrcs = () => Crcs | undefined | Promise<Crcs>;

/** Loads them from this deployment's private Function `crc`, if it was deployed. */
export function loadDeployedCrcs(): Crcs | undefined {
  try {
    return requirePrivateFunction('crc', hasCrcs).crcs;
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    log('warn', 'object-not-verified', { message: thrown.message });
    return undefined;
  }
}

function hasCrcs(value: unknown): value is { readonly crcs: Crcs } {
  return isRecord(value) && isRecord(value.crcs) && typeof value.crcs.crc32c === 'function';
}

type Digest = (body: Buffer, loadCrcs: LoadCrcs) => Promise<string | undefined>;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html */
const DIGESTS: ReadonlyMap<string, Digest> = new Map<string, Digest>([
  ['x-amz-checksum-crc64nvme', async (body, loadCrcs) => (await loadCrcs())?.crc64nvme(body)],
  ['x-amz-checksum-crc32', async (body) => base64Of(zlib().crc32(body))],
  ['x-amz-checksum-crc32c', async (body, loadCrcs) => (await loadCrcs())?.crc32c(body)],
  ['x-amz-checksum-sha256', async (body) => hash('sha256', body, 'base64')],
  ['x-amz-checksum-sha1', async (body) => hash('sha1', body, 'base64')],
]);

/** Of 1 MB a CRC-32 takes 0.3 ms and these SHAs 0.7; an MD5 takes 1.8, and the other CRCs twice that. */
const FAST: ReadonlySet<string> = new Set([
  'x-amz-checksum-crc32',
  'x-amz-checksum-sha256',
  'x-amz-checksum-sha1',
]);

/** Loaded by the first CRC-32 only. */
const zlib = () => process.getBuiltinModule('node:zlib');

function base64Of(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return bytes.toString('base64');
}
