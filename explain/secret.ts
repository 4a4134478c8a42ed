import { amzDate, signature, signingKey, stringToSign } from '../src/sigv4';
import { UNKNOWN_VALUE } from './canonical';
import { readClaims } from './claims';
import { refusal } from './mismatch';
import type { Refusal } from './types';
import { parameter, type SentUrl } from './url';

/** Checks the presigned URL's own signature, if there is a secret access key to check it with. */
export function otherSecret(
  presigned: SentUrl,
  canonical: string,
  secretAccessKey: string | undefined,
): Refusal | undefined {
  const { day, region, service, signedAt } = readClaims(presigned);
  if (!secretAccessKey || !day || !region || !service || !signedAt) return undefined;
  if (canonical.includes(UNKNOWN_VALUE)) return undefined;
  const scope = { day, region, service };
  const text = stringToSign(amzDate(signedAt), scope, canonical);
  if (
    signature(signingKey(secretAccessKey, scope), text) === parameter(presigned, 'X-Amz-Signature')
  ) {
    return undefined;
  }
  return refusal(
    'the presigned URL itself does not have the signature that the given secret access key makes',
    [
      'The secret access key does not belong to the access key id, or the URL was presigned for another method, or edited.',
    ],
  );
}
