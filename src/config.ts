import * as v from 'valibot';
import { ConfigError } from './errors';
import type { Credentials } from './sigv4';

/** Variables as Twilio's `context`, `process.env` or a parsed .env file holds them. */
export type Environment = Readonly<Record<string, unknown>>;

export interface S3Config {
  readonly bucket: string;
  readonly region: string;
  /** Keys outside this prefix are neither synced nor served. May be empty. */
  readonly prefix: string;
  /** Origin of an S3-compatible server (R2, Ceph), without a path; undefined is AWS. */
  readonly endpoint: string | undefined;
  readonly credentials: Credentials;
}

export interface TwilioConfig {
  readonly accountSid: string | undefined;
  /** Without it nothing is signed and nothing is accepted. */
  readonly authToken: string | undefined;
  /** Known on Twilio only; the command line looks them up. */
  readonly serviceSid: string | undefined;
  readonly environmentSid: string | undefined;
  /** Origin of the Serverless API and of uploads; undefined is Twilio's own. */
  readonly apiOrigin: string | undefined;
}

export interface Config {
  readonly s3: S3Config;
  readonly twilio: TwilioConfig;
  /** Origin under which callers reach this deployment, such as https://name-1234-dev.twil.io. */
  readonly publicOrigin: string | undefined;
  /** Bearer secret of /sync; undefined when unset or shorter than 32 characters. */
  readonly adminSecret: string | undefined;
}

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/;

/** Whether a host, with or without a port, names this machine. */
export function isLoopback(host: string): boolean {
  return LOOPBACK_HOST.test(host);
}

/** An empty variable is an unset one: that is how .env templates leave them. */
const text = v.pipe(
  v.unknown(),
  v.transform((value) => (value === '' ? undefined : value)),
);

const required = v.pipe(text, v.string('is not set'));
const optional = v.pipe(text, v.optional(v.string('must be text')));

/** Bucket naming rules: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const bucketName = v.pipe(
  required,
  v.regex(
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    'must be a bucket name: 3 to 63 lower-case letters, digits, dots and hyphens',
  ),
);

const origin = v.pipe(
  optional,
  v.check(
    (value) => value === undefined || isOrigin(value),
    'must be an origin without a path, such as https://storage.example.com (http only for localhost)',
  ),
  v.transform((value) => value?.replace(/\/$/, '')),
);

function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { origin, protocol, host } = new URL(value);
  const safe = protocol === 'https:' || (protocol === 'http:' && isLoopback(host));
  return safe && origin === value.replace(/\/$/, '');
}

const prefix = v.pipe(
  optional,
  v.transform((value) => value ?? ''),
  v.check(
    (value) => !value.split('/').some((segment) => segment === '.' || segment === '..'),
    'must not contain the path segments "." or ".."',
  ),
);

const variables = v.object({
  S3_BUCKET: bucketName,
  S3_REGION: v.pipe(
    required,
    v.regex(/^[a-z0-9-]+$/, 'must be a region such as eu-central-1, or auto for R2'),
  ),
  S3_PREFIX: prefix,
  S3_ENDPOINT: origin,
  S3_ACCESS_KEY_ID: v.pipe(
    required,
    v.regex(/^[\w.-]+$/, 'must be an access key id: letters, digits, dot, hyphen and underscore'),
  ),
  S3_SECRET_ACCESS_KEY: v.pipe(
    required,
    v.regex(/^\S+$/, 'must be a secret access key, without blanks'),
  ),
  ACCOUNT_SID: optional,
  AUTH_TOKEN: optional,
  SERVICE_SID: optional,
  ENVIRONMENT_SID: optional,
  DOMAIN_NAME: optional,
  TWILIO_API_URL: origin,
  ADMIN_SECRET: optional,
});

/** The shortest ADMIN_SECRET that is accepted, in characters. */
export const ADMIN_SECRET_LENGTH = 32;

/**
 * Validates the environment once; everything else trusts the typed result.
 *
 * @throws {ConfigError} naming every variable that is missing or malformed, never its value.
 */
export function readConfig(environment: Environment): Config {
  const picked = Object.fromEntries(
    Object.keys(variables.entries).map((name) => [name, environment[name]]),
  );
  const parsed = v.safeParse(variables, picked);
  if (!parsed.success) throw new ConfigError(describe(parsed.issues));
  const env = parsed.output;
  return {
    s3: {
      bucket: env.S3_BUCKET,
      region: env.S3_REGION,
      prefix: env.S3_PREFIX,
      endpoint: env.S3_ENDPOINT,
      credentials: {
        accessKeyId: env.S3_ACCESS_KEY_ID,
        secretAccessKey: env.S3_SECRET_ACCESS_KEY,
      },
    },
    twilio: {
      accountSid: env.ACCOUNT_SID,
      authToken: env.AUTH_TOKEN,
      serviceSid: env.SERVICE_SID,
      environmentSid: env.ENVIRONMENT_SID,
      apiOrigin: env.TWILIO_API_URL,
    },
    publicOrigin: env.DOMAIN_NAME === undefined ? undefined : originOf(env.DOMAIN_NAME),
    adminSecret:
      env.ADMIN_SECRET !== undefined && env.ADMIN_SECRET.length >= ADMIN_SECRET_LENGTH
        ? env.ADMIN_SECRET
        : undefined,
  };
}

/**
 * The origin under which callers reach this deployment.
 *
 * @throws {ConfigError} when the context has no domain.
 */
export function publicOriginOf({ publicOrigin }: Config): string {
  if (publicOrigin !== undefined) return publicOrigin;
  throw new ConfigError('DOMAIN_NAME is not set: Twilio sets it for a deployed Function.');
}

function originOf(domainName: string): string {
  return `${isLoopback(domainName) ? 'http' : 'https'}://${domainName}`;
}

function describe(issues: readonly v.BaseIssue<unknown>[]): string {
  const lines = issues.map((issue) => `  ${v.getDotPath(issue)} ${issue.message}`);
  return [
    'The configuration is not usable:',
    ...new Set(lines),
    'Set them in .env (see .env.example), or on Twilio in the environment variables of the Service.',
  ].join('\n');
}
