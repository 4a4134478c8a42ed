import { createHmac, type KeyObject } from 'node:crypto';
import { ALGORITHM, type CredentialScope, scopeText } from './string-to-sign';

/** The signature: 64 lower-case hexadecimal digits. */
export function signature(key: KeyObject, stringToSign: string): string {
  return createHmac('sha256', key).update(stringToSign).digest('hex');
}

/** `<access key id>/20130524/us-east-1/s3/aws4_request`. */
export function credential(accessKeyId: string, scope: CredentialScope): string {
  return `${accessKeyId}/${scopeText(scope)}`;
}

/**
 * Step 4: the value of the Authorization header.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#add-signature-to-request
 */
export function authorization(parts: {
  readonly credential: string;
  readonly signedHeaders: string;
  readonly signature: string;
}): string {
  return `${ALGORITHM} Credential=${parts.credential}, SignedHeaders=${parts.signedHeaders}, Signature=${parts.signature}`;
}
