import {
  ALGORITHM,
  amzDate,
  canonicalRequest,
  signature,
  signingKey,
  stringToSign,
} from '../sigv4';
import { objectAddress, type S3Access } from './address';

/** A presigned GET URL. */
export function presignedUrl(access: S3Access, key: string, now: Date, expiresIn: number): string {
  const { origin, host, path } = objectAddress(access, key);
  const { accessKeyId, secretAccessKey, sessionToken } = access.credentials;
  const date = amzDate(now);
  const scope = { day: date.slice(0, 8), region: access.region, service: 's3' };
  const parameters = {
    'X-Amz-Algorithm': ALGORITHM,
    'X-Amz-Credential': `${accessKeyId}/${scope.day}/${scope.region}/s3/aws4_request`,
    'X-Amz-Date': date,
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Expires': String(expiresIn),
    ...(sessionToken && { 'X-Amz-Security-Token': sessionToken }),
  };
  const query = new URLSearchParams(parameters).toString();
  const headers = [['host', host]] as const;
  const parts = { method: 'GET', path, query, headers, payloadHash: 'UNSIGNED-PAYLOAD' };
  const text = stringToSign(date, scope, canonicalRequest(parts));
  const signed = signature(signingKey(secretAccessKey, scope), text);
  return `${origin}${path}?${query}&X-Amz-Signature=${signed}`;
}
