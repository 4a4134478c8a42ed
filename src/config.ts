import * as v from 'valibot';
import type { CredentialSource } from './credentials/source';
import { credentialNames, credentialVariables } from './credentials/variables';
import { ConfigError } from './errors';
import { isLoopback, oneOf, optional, origin, required, whole } from './variable-types';

export { isLoopback } from './variable-types';

/** Variables as Twilio's `context`, `process.env` or a parsed .env file holds them. */
export type Environment = Readonly<Record<string, unknown>>;

/** Whether the bucket stands in the path or in the host's name; `auto` is what the server is known to take. */
export type AddressingStyle = 'auto' | 'path' | 'virtual';

export interface S3Config {
  readonly bucket: string;
  readonly region: string;
  /** Keys outside this prefix are neither synced nor served. May be empty. */
  readonly prefix: string;
  /** Origin of an S3-compatible server (R2, Ceph), without a path; undefined is AWS. */
  readonly endpoint: string | undefined;
  readonly addressingStyle: AddressingStyle;
  readonly credentials: CredentialSource;
}

/** What the audio proxy keeps in memory. */
export interface AudioCacheConfig {
  /** 0 keeps nothing. */
  readonly bytes: number;
  /** For how long an object is answered without asking S3. */
  readonly seconds: number;
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

/** What the audio proxy needs. */
export interface AudioConfig {
  readonly s3: S3Config;
  readonly audioCache: AudioCacheConfig;
  readonly twilio: Pick<TwilioConfig, 'authToken'>;
}

/** Which URLs the audio proxy answers. */
export interface ProxyAccess {
  readonly bucket: string;
  readonly prefix: string;
  readonly authToken: string;
}

/** What a call needs. */
export interface CallConfig {
  /** Origin under which callers reach this deployment, such as https://name-1234-dev.twil.io. */
  readonly publicOrigin: string;
  /** Why the audio proxy cannot answer, where it cannot. */
  readonly proxy: ProxyAccess | { readonly problem: string };
}

export interface Config extends AudioConfig {
  readonly twilio: TwilioConfig;
  /** Bearer secret of /sync; undefined when unset or shorter than 32 characters. */
  readonly adminSecret: string | undefined;
  readonly sync: SyncConfig;
}

/** What a sync from anywhere does alike. */
export interface SyncConfig {
  readonly visibility: 'public' | 'protected';
  /** Globs over keys without the prefix; no globs include everything and exclude nothing. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Milliseconds for which the bucket must not have changed before a Build is made. */
  readonly quiet: number;
  /** Milliseconds after which one step of /sync begins nothing more. */
  readonly budget: number;
}

/** Bucket naming rules: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const bucketName = v.pipe(
  required,
  v.regex(
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    'must be a bucket name: 3 to 63 lower-case letters, digits, dots and hyphens',
  ),
);

const prefix = v.pipe(
  optional,
  v.transform((value) => value ?? ''),
  v.check(
    (value) => !value.split('/').some((segment) => segment === '.' || segment === '..'),
    'must not contain the path segments "." or ".."',
  ),
);

const globs = v.pipe(
  optional,
  v.transform((value) =>
    (value ?? '')
      // Not at the commas of a glob such as {a,b}*.mp3.
      .split(/,(?![^{]*\})/)
      .map((glob) => glob.trim())
      .filter(Boolean),
  ),
);

/** A whole number of seconds, as milliseconds. */
function seconds(least: number, most: number, fallback: number) {
  return v.pipe(
    whole('seconds', least, most, fallback),
    v.transform((value) => value * 1000),
  );
}

const audioVariables = v.object({
  S3_BUCKET: bucketName,
  S3_REGION: v.pipe(
    required,
    v.regex(/^[a-z0-9-]+$/, 'must be a region such as eu-central-1, or auto for R2'),
  ),
  S3_PREFIX: prefix,
  S3_ENDPOINT: origin,
  S3_ADDRESSING_STYLE: oneOf(['auto', 'path', 'virtual']),
  AUDIO_CACHE_MB: whole('MB', 0, 128, 32),
  AUDIO_CACHE_SECONDS: whole('seconds', 0, 86_400, 60),
  AUTH_TOKEN: optional,
});

const variables = v.object({
  ...audioVariables.entries,
  ACCOUNT_SID: optional,
  SERVICE_SID: optional,
  ENVIRONMENT_SID: optional,
  TWILIO_API_URL: origin,
  ADMIN_SECRET: optional,
  AUDIO_VISIBILITY: oneOf(['public', 'protected']),
  SYNC_INCLUDE: globs,
  SYNC_EXCLUDE: globs,
  SYNC_QUIET_SECONDS: seconds(0, 20, 3),
  // Twilio ends a Function after ten seconds.
  SYNC_BUDGET_SECONDS: seconds(1, 6, 4),
});

/** The shortest ADMIN_SECRET that is accepted, in characters. */
export const ADMIN_SECRET_LENGTH = 32;

/**
 * Validates the environment once; everything else trusts the typed result.
 *
 * @throws {ConfigError} naming every variable that is missing or malformed, never its value.
 */
export function readConfig(environment: Environment): Config {
  const { env, source } = parse(variables, environment);
  return {
    ...audioConfigOf(env, source),
    twilio: {
      accountSid: env.ACCOUNT_SID,
      authToken: env.AUTH_TOKEN,
      serviceSid: env.SERVICE_SID,
      environmentSid: env.ENVIRONMENT_SID,
      apiOrigin: env.TWILIO_API_URL,
    },
    adminSecret:
      env.ADMIN_SECRET !== undefined && env.ADMIN_SECRET.length >= ADMIN_SECRET_LENGTH
        ? env.ADMIN_SECRET
        : undefined,
    sync: {
      visibility: env.AUDIO_VISIBILITY,
      include: env.SYNC_INCLUDE,
      exclude: env.SYNC_EXCLUDE,
      quiet: env.SYNC_QUIET_SECONDS,
      budget: env.SYNC_BUDGET_SECONDS,
    },
  };
}

/**
 * Reads what the audio proxy needs, whatever the other variables hold.
 *
 * @throws {ConfigError} naming every variable of these that is missing or malformed.
 */
export function readAudioConfig(environment: Environment): AudioConfig {
  const { env, source } = parse(audioVariables, environment);
  return audioConfigOf(env, source);
}

/**
 * Reads what a call needs. Without a usable bucket or token it still plays Assets and says texts.
 *
 * @throws {ConfigError} when the context has no domain: no URL can be given to Twilio.
 */
export function readCallConfig(environment: Environment): CallConfig {
  const { DOMAIN_NAME: domainName } = environment;
  if (typeof domainName !== 'string' || domainName === '') {
    throw new ConfigError('DOMAIN_NAME is not set: Twilio sets it for a deployed Function.');
  }
  return { publicOrigin: originOf(domainName), proxy: proxyAccessOf(environment) };
}

function proxyAccessOf(environment: Environment): CallConfig['proxy'] {
  try {
    const { s3, twilio } = readAudioConfig(environment);
    if (twilio.authToken === undefined) return { problem: 'AUTH_TOKEN is not set.' };
    return { bucket: s3.bucket, prefix: s3.prefix, authToken: twilio.authToken };
  } catch (thrown) {
    if (thrown instanceof ConfigError) return { problem: thrown.message };
    throw thrown;
  }
}

function parse<Entries extends v.ObjectEntries>(
  schema: v.ObjectSchema<Entries, undefined>,
  environment: Environment,
) {
  const parsed = v.safeParse(schema, pick(environment, Object.keys(schema.entries)));
  const source = v.safeParse(credentialVariables, pick(environment, credentialNames));
  if (!parsed.success || !source.success) {
    throw new ConfigError(describe([...(parsed.issues ?? []), ...(source.issues ?? [])]));
  }
  return { env: parsed.output, source: source.output };
}

function audioConfigOf(
  env: v.InferOutput<typeof audioVariables>,
  source: v.InferOutput<typeof credentialVariables>,
): AudioConfig {
  return {
    s3: {
      bucket: env.S3_BUCKET,
      region: env.S3_REGION,
      prefix: env.S3_PREFIX,
      endpoint: env.S3_ENDPOINT,
      addressingStyle: env.S3_ADDRESSING_STYLE,
      credentials: source.kind === 'role' ? { ...source, region: env.S3_REGION } : source,
    },
    audioCache: {
      bytes: env.AUDIO_CACHE_MB * 1_000_000,
      seconds: env.AUDIO_CACHE_SECONDS,
    },
    twilio: { authToken: env.AUTH_TOKEN },
  };
}

function originOf(domainName: string): string {
  return `${isLoopback(domainName) ? 'http' : 'https'}://${domainName}`;
}

function pick(environment: Environment, names: readonly string[]): Environment {
  return Object.fromEntries(names.map((name) => [name, environment[name]]));
}

function describe(issues: readonly v.BaseIssue<unknown>[]): string {
  const lines = issues.map(
    (issue) => `  ${[v.getDotPath(issue), issue.message].filter(Boolean).join(' ')}`,
  );
  return [
    'The configuration is not usable:',
    ...new Set(lines),
    'Set them in .env (see .env.example), or on Twilio in the environment variables of the Service.',
  ].join('\n');
}
