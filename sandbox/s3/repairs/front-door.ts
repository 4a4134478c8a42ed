import type { S3Context, S3Middleware } from '@20minutes/s3rver';
import S3Error from '@20minutes/s3rver/lib/models/error';
import { isSupported } from '../operations';
import { parseTarget, type RequestTarget } from '../request-target';
import { remember } from './received-request';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const longestKeyBytes = 1024;

function decodeTarget(target: string): RequestTarget {
  try {
    if (target.startsWith('/')) return parseTarget(target);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
  }
  throw new S3Error('InvalidURI', "Couldn't parse the specified URI.", { URI: target });
}

/** The server serves a request without a signature; a private bucket does not. */
function refuseAnonymous(ctx: S3Context, names: readonly string[]): void {
  const signed = 'authorization' in ctx.headers;
  if (!signed && !names.includes('X-Amz-Algorithm') && !names.includes('Signature')) {
    throw new S3Error('AccessDenied', 'Access Denied');
  }
}

/**
 * The server trips over an authentication parameter that comes twice. What S3 answers is not
 * documented; it is not a success.
 */
function refuseRepeatedParameters(names: readonly string[]): void {
  const amz = names.filter((name) => /^x-amz-/i.test(name));
  if (new Set(amz).size < amz.length) {
    throw new S3Error(
      'AuthorizationQueryParametersError',
      'An X-Amz-* parameter was given more than once',
    );
  }
}

/** There are no temporary credentials here, and the server would ignore their token. */
function refuseSessionTokens(ctx: S3Context, names: readonly string[]): void {
  if ('x-amz-security-token' in ctx.headers || names.includes('X-Amz-Security-Token')) {
    throw new S3Error('InvalidToken', 'The provided token is malformed or otherwise invalid.');
  }
}

function refuseLongKeys(key: string): void {
  const size = Buffer.byteLength(key);
  if (size > longestKeyBytes) {
    throw new S3Error('KeyTooLongError', 'Your key is too long', {
      Size: size,
      MaxSizeAllowed: longestKeyBytes,
    });
  }
}

/**
 * Turns away what the server would let through, and hands it every key as one opaque path segment:
 * its router otherwise loses slashes at the end of a key and in the middle of one.
 */
export function guardFrontDoor(region: string): S3Middleware {
  return async (ctx, next) => {
    const target = decodeTarget(ctx.originalUrl);
    const names = target.query.map(([name]) => name);
    refuseAnonymous(ctx, names);
    refuseRepeatedParameters(names);
    refuseSessionTokens(ctx, names);

    // The path in ctx begins with the bucket even where the bucket came in the Host header.
    const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(decodeTarget(ctx.path).path) ?? [];
    refuseLongKeys(key);
    const copies = 'x-amz-copy-source' in ctx.headers;
    if (!isSupported({ method: ctx.method, bucket, key, parameters: names, copies })) {
      throw new S3Error(
        'NotImplemented',
        'A header or parameter you provided implies functionality that is not implemented',
      );
    }
    remember(ctx.req, target);
    ctx.path = `/${[bucket, key].filter(Boolean).map(encodeURIComponent).join('/')}`;
    if (key === '') ctx.set('x-amz-bucket-region', region);
    await next();
  };
}
