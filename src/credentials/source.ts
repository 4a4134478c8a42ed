import type { Credentials } from '../sigv4';

/** An access key that is valid until somebody deletes it. */
export interface AccessKey {
  readonly kind: 'access key';
  readonly keys: Credentials;
}

/** A role that STS lets an access key assume for a while. */
export interface AssumedRole {
  readonly kind: 'role';
  readonly roleArn: string;
  /** What the role's trust policy may ask for. */
  readonly externalId: string | undefined;
  readonly keys: Credentials;
  readonly region: string;
  /** Origin of STS where it is not AWS's own. */
  readonly endpoint: string | undefined;
}

/** An identity of a Cognito identity pool; its id and, for a user, a login are all that it needs. */
export interface CognitoIdentity {
  readonly kind: 'cognito';
  /** `REGION:GUID`. */
  readonly identityId: string;
  readonly login: { readonly provider: string; readonly token: string } | undefined;
  /** Origin of Cognito where it is not AWS's own. */
  readonly endpoint: string | undefined;
}

/** Credentials that somebody has to be asked for. */
export type TemporarySource = AssumedRole | CognitoIdentity;

/** Where the credentials for S3 come from. */
export type CredentialSource = AccessKey | TemporarySource;

/** Credentials as STS and Cognito give them. */
export interface TemporaryCredentials extends Credentials {
  readonly sessionToken: string;
  readonly expiration: Date;
}
