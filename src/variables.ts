/**
 * The environment's variables and the form of each. Only config.ts reads values.
 *
 * Each has a plain function for a reader. A library's schemas took 5 of 50 ms of a call's
 * first answer, which is dead air; these take 3 to 4.
 */

import type { AssumedRole, CredentialSource } from './credentials/credentials';
import { messageOf } from './errors';
import { parseGlob, splitGlobs } from './glob';
import {
  ADMIN_SECRET_CHARACTERS,
  CACHE_MB,
  CACHE_SECONDS,
  DEBOUNCE_SECONDS,
  MAX_CACHE_MB,
  MAX_CACHE_SECONDS,
  MAX_DEBOUNCE_SECONDS,
  MAX_SLICE_SECONDS,
  SLICE_SECONDS,
} from './limits';
import type { Credentials } from './sigv4/sign';
import { parseUrl } from './url';

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/;

/** Whether a host, with or without a port, is this machine. */
export function isLoopback(host: string): boolean {
  return LOOPBACK_HOST.test(host);
}

/** A phone number in E.164: https://www.twilio.com/docs/glossary/what-e164 */
export const PHONE_NUMBER = /^\+[1-9]\d{6,14}$/;

/** Blanks, and what cannot be seen, such as a byte order mark: they come along with a pasted value. */
const ONLY_BLANKS = /^[\s\p{Cc}\p{Cf}]*$/u;
const BLANK_AT_END = /^[\s\p{Cc}\p{Cf}]|[\s\p{Cc}\p{Cf}]$/u;

/**
 * Whether a character is visible ASCII, as most values begin and end with one: to look at it takes less
 * than to compile the two expressions, 1 of 17 ms of a call's first answer.
 */
function isVisible(character = ''): boolean {
  return character >= '!' && character <= '~';
}

/** Whether a variable counts as unset: templates of .env leave them empty. */
export function isUnset(value: unknown): boolean {
  if (typeof value !== 'string') return value === undefined;
  return !isVisible(value[0]) && ONLY_BLANKS.test(value);
}

/** Variables as Twilio's `context`, `process.env` or a parsed .env file holds them. */
export type Variables = Readonly<Record<string, unknown>>;

/**
 * Reads one variable.
 *
 * @param variables all of them
 * @throws {VariableError} when its value has not the variable's form
 */
type Reader<Value> = (value: unknown, variables: Variables) => Value;

/** What is wrong with a variable, without its name: sentences such as `is not set`. */
class VariableError extends Error {
  readonly problems: readonly string[];

  constructor(...problems: readonly string[]) {
    super();
    this.problems = problems;
  }
}

/** Readers by the names of their variables. */
export type Readers = Readonly<Record<string, Reader<unknown>>>;

/** What readers give, by the names of their variables. */
export type Values<Table extends Readers> = {
  readonly [Name in keyof Table]: ReturnType<Table[Name]>;
};

/**
 * Reads each variable of a table.
 *
 * @param problems gets a sentence for each variable that is missing or malformed, never its value
 * @returns undefined when there is one
 */
export function readVariables<Table extends Readers>(
  table: Table,
  variables: Variables,
  problems: string[],
): Values<Table> | undefined {
  const before = problems.length;
  const values = Object.entries(table).map(([name, read]) => {
    try {
      return [name, read(variables[name], variables)];
    } catch (thrown) {
      if (!(thrown instanceof VariableError)) throw thrown;
      problems.push(...thrown.problems.map((problem) => `${name} ${problem}`));
      return [name, undefined];
    }
  });
  return problems.length === before ? Object.fromEntries(values) : undefined;
}

/** The value of a variable that is set. It is not trimmed: a changed secret would be hard to find. */
function given(value: unknown): unknown {
  if (isUnset(value)) return undefined;
  if (typeof value !== 'string' || (isVisible(value[0]) && isVisible(value.at(-1)))) return value;
  if (BLANK_AT_END.test(value)) {
    throw new VariableError('must not begin or end with a blank or an invisible character');
  }
  return value;
}

const required: Reader<string> = (value) => {
  const text = given(value);
  if (typeof text !== 'string') throw new VariableError('is not set');
  return text;
};

const optional: Reader<string | undefined> = (value) => {
  const text = given(value);
  if (text !== undefined && typeof text !== 'string') throw new VariableError('must be text');
  return text;
};

/** Text that a reader gives, if it matches a pattern; nothing if it gives nothing. */
function matching<Text extends string | undefined>(
  read: Reader<Text>,
  pattern: RegExp,
  message: string,
): Reader<Text> {
  return (value, variables) => {
    const text = read(value, variables);
    if (text !== undefined && !pattern.test(text)) throw new VariableError(message);
    return text;
  };
}

/** Text that matches a pattern; anything else counts as unset. */
function lenient(pattern: RegExp): Reader<string | undefined> {
  return (value) => (typeof value === 'string' && pattern.test(value) ? value : undefined);
}

/** One of a few words; the first is the default. */
function oneOf<const Word extends string>(words: readonly [Word, ...Word[]]): Reader<Word> {
  return (value) => {
    const text = given(value) ?? words[0];
    const word = words.find((each) => each === text);
    if (word === undefined) throw new VariableError(`must be ${words.join(' or ')}`);
    return word;
  };
}

/** A whole number within bounds, in ASCII digits. */
function whole(unit: string, least: number, most: number, fallback: number): Reader<number> {
  return (value, variables) => {
    const text = optional(value, variables) ?? String(fallback);
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new VariableError(
      `must be a whole number of ${unit} from ${least} to ${most}, in digits`,
    );
  };
}

/** Origin of a server, or nothing; in the form that URLs have: host in lower case, no default port. */
const origin: Reader<string | undefined> = (value, variables) => {
  const text = optional(value, variables);
  if (text === undefined) return undefined;
  const parsed = parseOrigin(text);
  if (parsed !== undefined) return parsed;
  throw new VariableError(
    'must be an origin without a path, such as https://storage.example.com (http only for localhost)',
  );
};

/** The origin that a text is, in the form that URLs have; undefined for any other text. */
export function parseOrigin(value: string): string | undefined {
  // A URL is read leniently: without slashes, with backslashes, with line breaks.
  const url = /^https?:\/\/[^\s/\\]+\/?$/i.test(value) ? parseUrl(value) : undefined;
  if (!url) return undefined;
  const { origin, href, protocol, host } = url;
  const isSafe = protocol === 'https:' || isLoopback(host);
  return isSafe && href === `${origin}/` ? origin : undefined;
}

/** Bucket naming rules: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const bucketName = matching(
  required,
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  'must be a bucket name: 3 to 63 lower-case letters, digits, dots and hyphens',
);

const anyRegion = matching(
  required,
  /^[\w.-]+$/,
  'must be a region such as eu-central-1, or auto for R2',
);

/** Without an endpoint the region is part of a host name; another server has any word for it. */
const region: Reader<string> = (value, variables) => {
  const text = anyRegion(value, variables);
  const { S3_ENDPOINT: endpoint } = variables;
  if (!isUnset(endpoint) || /^[a-z0-9-]*$/.test(text)) return text;
  throw new VariableError(
    'must be a region of AWS, such as eu-central-1, unless S3_ENDPOINT is set',
  );
};

const prefix: Reader<string> = (value, variables) => {
  const text = optional(value, variables) ?? '';
  if (!text.split('/').some((segment) => segment === '.' || segment === '..')) return text;
  throw new VariableError('must not contain the path segments "." or ".."');
};

const globs: Reader<string[]> = (value, variables) => {
  const list = splitGlobs(optional(value, variables) ?? '');
  const problems = list.flatMap((glob) => {
    try {
      parseGlob(glob);
      return [];
    } catch (thrown) {
      return `must be globs of keys: ${messageOf(thrown)}`;
    }
  });
  if (problems.length > 0) throw new VariableError(...problems);
  return list;
};

/** What the audio proxy needs, apart from credentials. */
export const audioVariables = {
  S3_BUCKET: bucketName,
  S3_REGION: region,
  S3_PREFIX: prefix,
  S3_ENDPOINT: origin,
  S3_ADDRESSING_STYLE: oneOf(['auto', 'path', 'virtual']),
  AUDIO_CACHE_MB: whole('MB', 0, MAX_CACHE_MB, CACHE_MB),
  AUDIO_CACHE_SECONDS: whole('seconds', 0, MAX_CACHE_SECONDS, CACHE_SECONDS),
  AUTH_TOKEN: optional,
};

// Functions, so that a bundle holds only those that it uses.

/** What a header carries unchanged: ASCII, without blanks at its ends. Otherwise it counts as unset. */
export const adminSecret = () =>
  lenient(new RegExp(`^(?! )[\\x20-\\x7e]{${ADMIN_SECRET_CHARACTERS},}(?<! )$`));

/** Whom a caller reaches when nothing else works. */
export const operatorNumber = lenient(PHONE_NUMBER);

/** What a sync needs, apart from credentials. */
export const syncVariables = () => ({
  ...audioVariables,
  ACCOUNT_SID: optional,
  SERVICE_SID: optional,
  ENVIRONMENT_SID: optional,
  TWILIO_API_URL: origin,
  ADMIN_SECRET: adminSecret(),
  AUDIO_VISIBILITY: oneOf(['public', 'protected']),
  SYNC_INCLUDE: globs,
  SYNC_EXCLUDE: globs,
  SYNC_QUIET_SECONDS: whole('seconds', 0, MAX_DEBOUNCE_SECONDS, DEBOUNCE_SECONDS),
  SYNC_BUDGET_SECONDS: whole('seconds', 1, MAX_SLICE_SECONDS, SLICE_SECONDS),
});

/** Twilio's API takes the token, or an API key. */
const tokenUnlessKey: Reader<string | undefined> = (value, variables) => {
  const { API_KEY: key, API_SECRET: secret } = variables;
  if (isUnset(value) && isUnset(key) && isUnset(secret)) {
    throw new VariableError('is not set, nor are API_KEY and API_SECRET');
  }
  return optional(value, variables);
};

/** Text that is set where another variable is. */
function beside(other: string): Reader<string | undefined> {
  return (value, variables) => {
    if (isUnset(value) && !isUnset(variables[other])) {
      throw new VariableError(`is not set, and ${other} is`);
    }
    return optional(value, variables);
  };
}

/** What the command line needs of a Twilio account. */
export const accountVariables = () => ({
  ACCOUNT_SID: matching(
    required,
    /^AC[0-9a-f]{32}$/i,
    'must be an Account SID: AC and 32 hexadecimal digits (an API key goes into API_KEY)',
  ),
  AUTH_TOKEN: tokenUnlessKey,
  API_KEY: matching(
    beside('API_SECRET'),
    /^SK[0-9a-f]{32}$/i,
    'must be the SID of an API key of Twilio, SK and 32 hexadecimal digits: unset one of another service',
  ),
  API_SECRET: beside('API_KEY'),
  TWILIO_API_URL: origin,
});

/** Id and secret in one value, so that a rotation changes both at once. */
const keyPair: Reader<Credentials | undefined> = (value, variables) => {
  const text = optional(value, variables);
  if (text === undefined) return undefined;
  const [, accessKeyId, secretAccessKey] = /^([\w.-]+):(\S+)$/.exec(text) ?? [];
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    return { accessKeyId, secretAccessKey };
  }
  throw new VariableError('must be an access key id, a colon and its secret, without blanks');
};

/** What says where credentials for S3 come from. */
export const credentialVariables = {
  S3_ACCESS_KEY: keyPair,
  S3_ACCESS_KEY_ID: matching(
    optional,
    /^[\w.-]+$/,
    'must be an access key id: letters, digits, dot, hyphen and underscore',
  ),
  S3_SECRET_ACCESS_KEY: matching(optional, /^\S+$/, 'must be a secret access key, without blanks'),
  S3_ROLE_ARN: matching(
    optional,
    /^arn:[\w-]+:iam::\d*:role\/\S+$/,
    'must be the ARN of a role, such as arn:aws:iam::123456789012:role/prompts',
  ),
  S3_ROLE_EXTERNAL_ID: optional,
  S3_COGNITO_IDENTITY_ID: matching(
    optional,
    /^[\w-]+:[0-9a-f-]+$/,
    'must be an identity id: the region, a colon and a GUID',
  ),
  S3_COGNITO_LOGIN_PROVIDER: optional,
  S3_COGNITO_LOGIN_TOKEN: matching(optional, /^\S+$/, 'must be a token, without blanks'),
  S3_CREDENTIALS_ENDPOINT: origin,
};

type CredentialValues = Values<typeof credentialVariables>;

/** A role is assumed in the bucket's region, which is another variable. */
export type Source = Exclude<CredentialSource, AssumedRole> | Omit<AssumedRole, 'region'>;

/**
 * Where credentials for S3 come from: the variables that are set decide.
 *
 * @param problems gets a sentence for each variable that is missing, or one too many
 * @returns undefined when they do not say it
 */
export function sourceOf(env: CredentialValues, problems: string[]): Source | undefined {
  const { S3_COGNITO_IDENTITY_ID: identityId } = env;
  return identityId === undefined
    ? keySource(env, problems)
    : cognitoSource(identityId, env, problems);
}

function keySource(env: CredentialValues, problems: string[]): Source | undefined {
  const { S3_ACCESS_KEY: pair, S3_ROLE_ARN: roleArn, S3_ROLE_EXTERNAL_ID: externalId } = env;
  const keys = pair ?? keysOf(env, problems);
  if (keys === undefined) return undefined;
  if (roleArn === undefined) return { kind: 'access key', keys };
  return { kind: 'role', roleArn, externalId, keys, endpoint: env.S3_CREDENTIALS_ENDPOINT };
}

function keysOf(env: CredentialValues, problems: string[]): Credentials | undefined {
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (accessKeyId === undefined && secretAccessKey === undefined) {
    problems.push('S3_ACCESS_KEY is not set, nor are S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY');
  } else if (accessKeyId === undefined) problems.push('S3_ACCESS_KEY_ID is not set');
  else if (secretAccessKey === undefined) problems.push('S3_SECRET_ACCESS_KEY is not set');
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey };
}

function cognitoSource(
  identityId: string,
  env: CredentialValues,
  problems: string[],
): Source | undefined {
  for (const other of ['S3_ACCESS_KEY', 'S3_ACCESS_KEY_ID', 'S3_ROLE_ARN'] as const) {
    if (env[other] !== undefined) {
      problems.push(`${other} is set beside S3_COGNITO_IDENTITY_ID: leave one of them empty`);
    }
  }
  const { S3_COGNITO_LOGIN_PROVIDER: provider, S3_COGNITO_LOGIN_TOKEN: token } = env;
  if ((provider === undefined) !== (token === undefined)) {
    problems.push('S3_COGNITO_LOGIN_PROVIDER and S3_COGNITO_LOGIN_TOKEN need each other');
  }
  const login = provider !== undefined && token !== undefined ? { provider, token } : undefined;
  return { kind: 'cognito', identityId, login, endpoint: env.S3_CREDENTIALS_ENDPOINT };
}
