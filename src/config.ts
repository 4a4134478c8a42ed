import type { CredentialSource } from './credentials/credentials';
import { ConfigError } from './errors';
import {
  accountVariables,
  adminSecret,
  audioVariables,
  credentialVariables,
  isLoopback,
  isUnset,
  operatorNumber,
  type Readers,
  readVariables,
  type Source,
  sourceOf,
  syncVariables,
  type Values,
  type Variables,
} from './variables';

export { isLoopback, PHONE_NUMBER, parseOrigin, type Variables } from './variables';

/** Where the bucket's name stands in URLs; `auto` is virtual on AWS and path elsewhere. */
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
  readonly maxBytes: number;
  /** How long an object is served without a request to S3. */
  readonly freshSeconds: number;
}

/** User name and password of Twilio's API. https://www.twilio.com/docs/usage/requests-to-twilio */
export interface ApiCredential {
  /** SK… of an API key, or AC… of the account. */
  readonly username: string;
  /** The key's secret, or the auth token. */
  readonly password: string;
}

/** A Twilio account, as far as the command line needs it. */
export interface Account {
  readonly accountSid: string;
  readonly credential: ApiCredential;
  /** Signs webhooks and the proxy's URLs, which an API key cannot; undefined with a key alone. */
  readonly authToken: string | undefined;
  /** Origin of Twilio's API; undefined is Twilio's own. */
  readonly apiOrigin: string | undefined;
}

export interface TwilioConfig {
  /** Undefined without an account, or without a token. */
  readonly credential: ApiCredential | undefined;
  /** Without it the proxy signs nothing and accepts nothing. */
  readonly authToken: string | undefined;
  /** Set on Twilio only; the command line looks them up. */
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
  /** Origin of this deployment, such as https://name-1234-dev.twil.io. */
  readonly publicOrigin: string;
  /** A problem says why the audio proxy cannot work. */
  readonly proxy: ProxyAccess | { readonly problem: string };
}

export interface Config extends AudioConfig {
  readonly twilio: TwilioConfig;
  /** Bearer secret of /sync; undefined when it is unset or unusable. */
  readonly adminSecret: string | undefined;
  readonly sync: SyncConfig;
}

/** Settings of a sync that are the same on Twilio and on the command line. */
export interface SyncConfig {
  readonly visibility: 'public' | 'protected';
  /** Globs over keys without the prefix; no globs include everything and exclude nothing. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** How long the bucket must not have changed before a Build is made. */
  readonly debounceMs: number;
  /** After how long a slice of /sync begins nothing more. */
  readonly sliceMs: number;
}

/**
 * Reads and checks everything; all other code trusts the typed result.
 *
 * @param advice where to set what is missing
 * @throws {ConfigError} naming every variable that is missing or malformed, never its value
 */
export function readConfig(variables: Variables, advice?: string): Config {
  const { env, source } = readWithCredentials(syncVariables(), variables, advice);
  return {
    ...audioConfigOf(env, source),
    twilio: {
      credential: tokenCredential(env),
      authToken: env.AUTH_TOKEN,
      serviceSid: env.SERVICE_SID,
      environmentSid: env.ENVIRONMENT_SID,
      apiOrigin: env.TWILIO_API_URL,
    },
    adminSecret: env.ADMIN_SECRET,
    sync: {
      visibility: env.AUDIO_VISIBILITY,
      include: env.SYNC_INCLUDE,
      exclude: env.SYNC_EXCLUDE,
      debounceMs: env.SYNC_QUIET_SECONDS * 1000,
      sliceMs: env.SYNC_BUDGET_SECONDS * 1000,
    },
  };
}

const AUDIO_NAMES = [...Object.keys(audioVariables), ...Object.keys(credentialVariables)];

let latest: { readonly values: readonly unknown[]; readonly config: AudioConfig } | undefined;

/**
 * Reads what the audio proxy needs; a typo in any other variable does not stop it. Each request brings
 * the same variables in a new context, so that the result is kept as long as all their values are the
 * same: comparing takes 0.6 µs, reading 10.
 *
 * @throws {ConfigError} naming every variable of these that is missing or malformed
 */
export function readAudioConfig(variables: Variables): AudioConfig {
  if (latest && AUDIO_NAMES.every((name, i) => variables[name] === latest?.values[i])) {
    return latest.config;
  }
  const { env, source } = readWithCredentials(audioVariables, variables);
  const config = audioConfigOf(env, source);
  latest = { values: AUDIO_NAMES.map((name) => variables[name]), config };
  return config;
}

/**
 * Reads what a call needs. Without a usable bucket or token a call still plays Assets and says texts.
 *
 * @throws {ConfigError} when the context has no domain: Twilio needs absolute URLs
 */
export function readCallConfig(variables: Variables): CallConfig {
  const { DOMAIN_NAME: domainName } = variables;
  if (typeof domainName !== 'string' || domainName === '') {
    throw new ConfigError('DOMAIN_NAME is not set: Twilio sets it for a deployed Function.');
  }
  return { publicOrigin: publicOriginOf(domainName), proxy: proxyAccessOf(variables) };
}

/** OPERATOR_NUMBER alone: other variables may be unusable. Undefined if it is unusable itself. */
export function readOperatorNumber(variables: Variables): string | undefined {
  return operatorNumber(variables.OPERATOR_NUMBER, variables);
}

/** ADMIN_SECRET alone: other variables may be unusable. Undefined if it is unusable itself. */
export function readAdminSecret(variables: Variables): string | undefined {
  return adminSecret()(variables.ADMIN_SECRET, variables);
}

export type OptionalVariable = 'ADMIN_SECRET' | 'OPERATOR_NUMBER';

/** Optional variables that are set, but unusable, so that a deployment would do without them. */
export function ignoredVariables(variables: Variables): OptionalVariable[] {
  const ignored: OptionalVariable[] = [];
  const { ADMIN_SECRET, OPERATOR_NUMBER } = variables;
  if (!isUnset(ADMIN_SECRET) && readAdminSecret(variables) === undefined) {
    ignored.push('ADMIN_SECRET');
  }
  if (!isUnset(OPERATOR_NUMBER) && readOperatorNumber(variables) === undefined) {
    ignored.push('OPERATOR_NUMBER');
  }
  return ignored;
}

/** The secret of the access key alone, to check a signature that was made elsewhere; undefined if unset. */
export function readSecretAccessKey(variables: Variables): string | undefined {
  const { S3_ACCESS_KEY, S3_SECRET_ACCESS_KEY } = credentialVariables;
  const env = readVariables({ S3_ACCESS_KEY, S3_SECRET_ACCESS_KEY }, variables, []);
  return env?.S3_ACCESS_KEY?.secretAccessKey ?? env?.S3_SECRET_ACCESS_KEY;
}

/** S3_PREFIX alone: the prefix that the audio proxy serves. Empty if it is unset or unusable. */
export function readPrefix(variables: Variables): string {
  const { S3_PREFIX } = audioVariables;
  return readVariables({ S3_PREFIX }, variables, [])?.S3_PREFIX ?? '';
}

/** AUDIO_VISIBILITY alone, for a call that must sign its requests for protected Assets. */
export function readVisibility({ AUDIO_VISIBILITY }: Variables): SyncConfig['visibility'] {
  return AUDIO_VISIBILITY === 'protected' ? 'protected' : 'public';
}

/**
 * Reads the account that the command line works in.
 *
 * @param advice where to set what is missing
 * @throws {ConfigError} naming what is missing or malformed, never its value
 */
export function readAccount(
  variables: Variables,
  advice = 'Set them in .env, or name a file with --env.',
): Account {
  const problems: string[] = [];
  const env = readVariables(accountVariables(), variables, problems);
  const credential = env && credentialOf(env);
  if (!env || !credential) throw configError(problems, 'The account is not known:', advice);
  const { ACCOUNT_SID, AUTH_TOKEN, TWILIO_API_URL } = env;
  return { accountSid: ACCOUNT_SID, credential, authToken: AUTH_TOKEN, apiOrigin: TWILIO_API_URL };
}

/**
 * An API key goes before the auth token, as in Twilio's command line.
 *
 * https://www.twilio.com/docs/twilio-cli/general-usage/profiles
 */
function credentialOf(env: Values<ReturnType<typeof accountVariables>>): ApiCredential | undefined {
  const { API_KEY: username, API_SECRET: password } = env;
  if (username === undefined || password === undefined) return tokenCredential(env);
  return { username, password };
}

function tokenCredential({
  ACCOUNT_SID: username,
  AUTH_TOKEN: password,
}: {
  readonly ACCOUNT_SID: string | undefined;
  readonly AUTH_TOKEN: string | undefined;
}): ApiCredential | undefined {
  return username === undefined || password === undefined ? undefined : { username, password };
}

function audioConfigOf(env: Values<typeof audioVariables>, source: Source): AudioConfig {
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
      maxBytes: env.AUDIO_CACHE_MB * 1_000_000,
      freshSeconds: env.AUDIO_CACHE_SECONDS,
    },
    twilio: { authToken: env.AUTH_TOKEN },
  };
}

function proxyAccessOf(variables: Variables): CallConfig['proxy'] {
  try {
    const { s3, twilio } = readAudioConfig(variables);
    if (twilio.authToken === undefined) return { problem: 'AUTH_TOKEN is not set.' };
    return { bucket: s3.bucket, prefix: s3.prefix, authToken: twilio.authToken };
  } catch (thrown) {
    if (thrown instanceof ConfigError) return { problem: thrown.message };
    throw thrown;
  }
}

/** The origin of a deployment, such as https://name-1234-dev.twil.io. */
export function publicOriginOf(domainName: string): string {
  return `${isLoopback(domainName) ? 'http' : 'https'}://${domainName}`;
}

function readWithCredentials<Table extends Readers>(
  table: Table,
  variables: Variables,
  advice?: string,
) {
  const problems: string[] = [];
  const env = readVariables(table, variables, problems);
  const credentials = readVariables(credentialVariables, variables, problems);
  const source = credentials && sourceOf(credentials, problems);
  if (!env || !source || problems.length > 0) throw configError(problems, undefined, advice);
  return { env, source };
}

function configError(
  problems: readonly string[],
  heading = 'The configuration is not usable:',
  advice = 'Set them in .env (see .env.example), or on Twilio in the environment variables of the Service.',
): ConfigError {
  return new ConfigError(
    [heading, ...problems.map((problem) => `  ${problem}`), advice].join('\n'),
  );
}
