import { PRESIGNED_URL_SECONDS } from '../src/limits';
import { ALGORITHM, amzDate } from '../src/sigv4';
import { type Claims, REQUIRED_COUNT } from './claims';
import type { Refusal } from './types';

/**
 * A request that lost its signature, or a part of it.
 *
 * @param advice how that may have come about
 */
export function unsigned({ missing }: Claims, advice: readonly string[]): Refusal | undefined {
  if (missing.length === 0) return undefined;
  if (missing.length < REQUIRED_COUNT) {
    return unreadable(`the query has no ${missing.join(', no ')} any more`, advice);
  }
  return {
    status: 403,
    code: 'AccessDenied',
    because: 'the requested URL carries no signature at all, which makes it an anonymous request',
    advice,
  };
}

/** What S3 refuses before it looks at the signature: it cannot read the request's claims. */
export function malformed(claims: Claims): Refusal | undefined {
  const { missing, algorithm, signedAt, expiresIn } = claims;
  if (missing.length > 0) return undefined;
  if (algorithm !== ALGORITHM) return unreadable(`X-Amz-Algorithm is not ${ALGORITHM}`);
  if (!signedAt) return unreadable('X-Amz-Date is not of the form 20130524T000000Z');
  if (expiresIn === undefined || expiresIn > PRESIGNED_URL_SECONDS) {
    return unreadable(
      `X-Amz-Expires is not a number of seconds from 0 to ${PRESIGNED_URL_SECONDS} (seven days)`,
    );
  }
  if (claims.day === undefined) {
    return unreadable(
      'X-Amz-Credential is not of the form <access key id>/<day>/<region>/<service>/aws4_request',
    );
  }
  if (!amzDate(signedAt).startsWith(claims.day)) {
    return unreadable(
      `X-Amz-Credential is of the day ${claims.day} and X-Amz-Date of ${amzDate(signedAt).slice(0, 8)}`,
    );
  }
  return undefined;
}

function unreadable(
  because: string,
  advice: readonly string[] = ['Presign again; nothing that was signed may be edited.'],
): Refusal {
  return { status: 400, code: 'AuthorizationQueryParametersError', because, advice };
}

/** S3 knows temporary keys (ASIA…) only together with their session token. */
export function tokenMissing({ accessKeyId, hasToken }: Claims): Refusal | undefined {
  if (!accessKeyId?.startsWith('ASIA') || hasToken) return undefined;
  return {
    status: 403,
    code: 'InvalidAccessKeyId',
    because:
      'the access key is a temporary one (ASIA…) and the URL has no X-Amz-Security-Token to go with it',
    advice: ['Give the signer the session token that came with the key, and presign again.'],
  };
}
