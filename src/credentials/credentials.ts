import type { Clock } from '../clock';
import { messageOf, PlayError } from '../errors';
import { isRecord } from '../record';
import { requirePrivateFunction } from '../runtime';
import type { Credentials } from '../sigv4/sign';
import { refreshing, withTimeout } from './refreshing';

/** An access key, valid until it is deleted. */
export interface AccessKey {
  readonly kind: 'access key';
  readonly keys: Credentials;
}

/** A role that an access key assumes by STS, for temporary credentials. */
export interface AssumedRole {
  readonly kind: 'role';
  readonly roleArn: string;
  /** The role's trust policy may ask for it. */
  readonly externalId: string | undefined;
  readonly keys: Credentials;
  readonly region: string;
  /** Origin of STS; undefined is AWS's. */
  readonly endpoint: string | undefined;
}

/** An identity of a Cognito identity pool: its id gives temporary credentials, for a user with a login. */
export interface CognitoIdentity {
  readonly kind: 'cognito';
  /** `REGION:GUID`. */
  readonly identityId: string;
  readonly login: { readonly provider: string; readonly token: string } | undefined;
  /** Origin of Cognito; undefined is AWS's. */
  readonly endpoint: string | undefined;
}

export type TemporarySource = AssumedRole | CognitoIdentity;

/** Where the credentials for S3 come from. */
export type CredentialSource = AccessKey | TemporarySource;

/** Credentials as STS and Cognito give them. */
export interface TemporaryCredentials extends Credentials {
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** There are no credentials to sign with; the message says why and what to check. */
export class CredentialsError extends PlayError {}

/** AWS's clients for STS and Cognito: half a megabyte, so they are loaded only where they are needed. */
export interface Providers {
  fetchTemporaryCredentials(source: TemporarySource): Promise<TemporaryCredentials>;
}

export interface CredentialsOptions {
  readonly clock: Clock;
  /** Called for temporary credentials only, never for an access key. */
  readonly loadProviders: () => Promise<Providers>;
}

/**
 * @param timeoutMs the longest wait for temporary credentials
 * @throws {CredentialsError} when there are none, or none in time
 */
export type CredentialsProvider = (
  source: CredentialSource,
  timeoutMs?: number,
) => Promise<Credentials & { readonly expiration?: Date }>;

/**
 * Gives the credentials of a source, and keeps temporary ones while they are valid. Create it once a
 * process. Another source replaces the one before.
 */
export function createCredentials({
  clock,
  loadProviders,
}: CredentialsOptions): CredentialsProvider {
  let current: { id: string; provide: () => Promise<TemporaryCredentials> } | undefined;

  return async (source, timeoutMs) => {
    if (source.kind === 'access key') return source.keys;
    const id = JSON.stringify(source);
    if (current?.id !== id) {
      const fetch = async () => (await loadProviders()).fetchTemporaryCredentials(source);
      current = { id, provide: refreshing(fetch, clock) };
    }
    try {
      const provided = current.provide();
      if (timeoutMs === undefined) return await provided;
      const timeoutError = () =>
        new Error(`Waiting for credentials: none had come after ${timeoutMs} ms.`);
      return await withTimeout(provided, timeoutMs, timeoutError);
    } catch (thrown) {
      throw new CredentialsError(messageOf(thrown), { cause: thrown });
    }
  };
}

/**
 * Loads the providers from this deployment's private Function `credentials`.
 *
 * @throws {ConfigError} when it was not deployed
 */
export async function loadPrivateFunction(): Promise<Providers> {
  return requirePrivateFunction('credentials', isProviders);
}

function isProviders(value: unknown): value is Providers {
  return isRecord(value) && typeof value.fetchTemporaryCredentials === 'function';
}
