import { createHash, timingSafeEqual } from 'node:crypto';
import { readAdminSecret } from './config';
import { ADMIN_SECRET_CHARACTERS } from './limits';
import { type FunctionRequest, type FunctionResponse, sentence } from './runtime';

/**
 * Checks the bearer secret of what only an operator may ask: 503 where ADMIN_SECRET is not set, and 401
 * to every request without it, whatever it has in its place.
 *
 * @returns undefined for a request that has it
 */
export function refuseStranger({
  context,
  headers,
}: Pick<FunctionRequest, 'context' | 'headers'>): FunctionResponse | undefined {
  const secret = readAdminSecret(context);
  if (secret === undefined) {
    return sentence(
      503,
      `Set ADMIN_SECRET to ${ADMIN_SECRET_CHARACTERS} or more ASCII characters, no blank at the ends, to open this address.`,
    );
  }
  if (isBearer(headers.authorization, secret)) return undefined;
  return sentence(401, 'This address needs authorization.', { 'WWW-Authenticate': 'Bearer' });
}

/**
 * Compares hashes, so that the time it takes tells neither content nor length of the secret. The
 * scheme's name is case-insensitive: https://www.rfc-editor.org/rfc/rfc9110#section-11.1
 */
function isBearer(header = '', secret: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(header.replace(/^bearer /i, 'Bearer ')), hash(`Bearer ${secret}`));
}
