import type { Clock } from '../clock';
import { messageOf, PlayError } from '../errors';
import type { Credentials } from '../sigv4';
import { inTime } from './in-time';
import { refreshing } from './refreshing';
import type { CredentialSource, TemporaryCredentials, TemporarySource } from './source';

export type { CredentialSource, TemporaryCredentials, TemporarySource } from './source';

/** There are no credentials to ask S3 with; the message says why and what to look at. */
export class CredentialsError extends PlayError {}

/** AWS's providers; half a megabyte, so that they are loaded only where they are needed. */
export interface Providers {
  fetchTemporaryCredentials(source: TemporarySource): Promise<TemporaryCredentials>;
}

export interface CredentialsOptions {
  readonly clock: Clock;
  /** Called when a source asks for temporary credentials, never for an access key. */
  readonly loadProviders: () => Promise<Providers>;
}

/**
 * @param milliseconds the most to wait for temporary credentials
 * @throws {CredentialsError} when they cannot be had, or not in time
 */
export type CredentialsProvider = (
  source: CredentialSource,
  milliseconds?: number,
) => Promise<Credentials & { readonly expiration?: Date }>;

/**
 * Gives the credentials of a source, and keeps temporary ones as long as they are valid. Meant to
 * live as long as the module that makes it: another source takes the place of the one before.
 */
export function createCredentials({
  clock,
  loadProviders,
}: CredentialsOptions): CredentialsProvider {
  let current: { id: string; provide: () => Promise<TemporaryCredentials> } | undefined;

  return async (source, milliseconds) => {
    if (source.kind === 'access key') return source.keys;
    const id = JSON.stringify(source);
    if (current?.id !== id) {
      const fetch = async () => (await loadProviders()).fetchTemporaryCredentials(source);
      current = { id, provide: refreshing(fetch, clock) };
    }
    try {
      const provided = current.provide();
      if (milliseconds === undefined) return await provided;
      const late = () =>
        new Error(`Waiting for credentials: none had come after ${milliseconds} ms.`);
      return await inTime(provided, milliseconds, late);
    } catch (thrown) {
      throw new CredentialsError(messageOf(thrown), { cause: thrown });
    }
  };
}
