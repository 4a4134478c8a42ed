/** The environment's variables and the form of each. Only config.ts reads values. */

import * as v from 'valibot';
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

/** Whether a variable counts as unset: templates of .env leave them empty. */
export function isUnset(value: unknown): boolean {
  return value === undefined || (typeof value === 'string' && ONLY_BLANKS.test(value));
}

/** No value is trimmed: a secret that is changed silently is a riddle. */
const text = v.pipe(
  v.unknown(),
  v.transform((value) => (isUnset(value) ? undefined : value)),
  v.check(
    (value) => typeof value !== 'string' || !BLANK_AT_END.test(value),
    'must not begin or end with a blank or an invisible character',
  ),
);

const required = v.pipe(text, v.string('is not set'));
const optional = v.pipe(text, v.optional(v.string('must be text')));

/** Text that matches a pattern, or nothing. */
function matching(pattern: RegExp, message: string) {
  return v.pipe(text, v.optional(v.pipe(v.string('must be text'), v.regex(pattern, message))));
}

/** Text that matches a pattern; anything else counts as unset. */
function lenient(pattern: RegExp) {
  return v.fallback(v.optional(v.pipe(v.string(), v.regex(pattern))), undefined);
}

/** One of a few words; the first is the default. */
function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  const message = `must be ${words.join(' or ')}`;
  return v.pipe(text, v.optional(v.picklist(words, message), words[0]));
}

/** A whole number within bounds, in ASCII digits. */
function whole(unit: string, least: number, most: number, fallback: number) {
  return v.pipe(
    optional,
    v.check(
      (value = String(fallback)) =>
        /^\d{1,15}$/.test(value) && Number(value) >= least && Number(value) <= most,
      `must be a whole number of ${unit} from ${least} to ${most}, in digits`,
    ),
    v.transform((value) => Number(value ?? fallback)),
  );
}

/** Origin of a server, or nothing; in the form that URLs have: host in lower case, no default port. */
const origin = v.pipe(
  optional,
  v.check(
    (value) => value === undefined || parseOrigin(value) !== undefined,
    'must be an origin without a path, such as https://storage.example.com (http only for localhost)',
  ),
  v.transform((value) => value && parseOrigin(value)),
);

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

function globs() {
  return v.pipe(
    optional,
    v.transform((value) => splitGlobs(value ?? '')),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      for (const glob of dataset.value) {
        try {
          parseGlob(glob);
        } catch (thrown) {
          addIssue({ message: `must be globs of keys: ${messageOf(thrown)}` });
        }
      }
    }),
  );
}

/** What the audio proxy needs, apart from credentials. */
export const audioVariables = v.object({
  S3_BUCKET: bucketName,
  S3_REGION: v.pipe(
    required,
    v.regex(/^[\w.-]+$/, 'must be a region such as eu-central-1, or auto for R2'),
  ),
  S3_PREFIX: prefix,
  S3_ENDPOINT: origin,
  S3_ADDRESSING_STYLE: oneOf(['auto', 'path', 'virtual']),
  AUDIO_CACHE_MB: whole('MB', 0, MAX_CACHE_MB, CACHE_MB),
  AUDIO_CACHE_SECONDS: whole('seconds', 0, MAX_CACHE_SECONDS, CACHE_SECONDS),
  AUTH_TOKEN: optional,
});

/** Without an endpoint the region is part of a host name; another server has any word for it. */
export const regionVariables = v.pipe(
  v.object({ S3_REGION: optional, S3_ENDPOINT: optional }),
  v.forward(
    v.check(
      ({ S3_REGION: region = '', S3_ENDPOINT: endpoint }) =>
        endpoint !== undefined || /^[a-z0-9-]*$/.test(region),
      'must be a region of AWS, such as eu-central-1, unless S3_ENDPOINT is set',
    ),
    ['S3_REGION'],
  ),
);

// Functions, so that a bundle holds only those that it uses.

/** What a header carries unchanged: ASCII, without blanks at its ends. Otherwise it counts as unset. */
export const adminSecret = () =>
  lenient(new RegExp(`^(?! )[\\x20-\\x7e]{${ADMIN_SECRET_CHARACTERS},}(?<! )$`));

/** Whom a caller reaches when nothing else works. */
export const operatorNumber = () => lenient(PHONE_NUMBER);

/** What a sync needs, apart from credentials. */
export const syncVariables = () =>
  v.object({
    ...audioVariables.entries,
    ACCOUNT_SID: optional,
    SERVICE_SID: optional,
    ENVIRONMENT_SID: optional,
    TWILIO_API_URL: origin,
    ADMIN_SECRET: adminSecret(),
    AUDIO_VISIBILITY: oneOf(['public', 'protected']),
    SYNC_INCLUDE: globs(),
    SYNC_EXCLUDE: globs(),
    SYNC_QUIET_SECONDS: whole('seconds', 0, MAX_DEBOUNCE_SECONDS, DEBOUNCE_SECONDS),
    SYNC_BUDGET_SECONDS: whole('seconds', 1, MAX_SLICE_SECONDS, SLICE_SECONDS),
  });

/** What the command line needs of a Twilio account. */
export const accountVariables = () =>
  v.object({
    ACCOUNT_SID: v.pipe(
      required,
      v.regex(/^AC[0-9a-f]{32}$/i, 'must be an Account SID: AC and 32 hexadecimal digits'),
    ),
    AUTH_TOKEN: required,
    TWILIO_API_URL: origin,
  });

const credentialEntries = v.object({
  S3_ACCESS_KEY_ID: matching(
    /^[\w.-]+$/,
    'must be an access key id: letters, digits, dot, hyphen and underscore',
  ),
  S3_SECRET_ACCESS_KEY: matching(/^\S+$/, 'must be a secret access key, without blanks'),
  S3_ROLE_ARN: matching(
    /^arn:[\w-]+:iam::\d*:role\/\S+$/,
    'must be the ARN of a role, such as arn:aws:iam::123456789012:role/prompts',
  ),
  S3_ROLE_EXTERNAL_ID: optional,
  S3_COGNITO_IDENTITY_ID: matching(
    /^[\w-]+:[0-9a-f-]+$/,
    'must be an identity id: the region, a colon and a GUID',
  ),
  S3_COGNITO_LOGIN_PROVIDER: optional,
  S3_COGNITO_LOGIN_TOKEN: matching(/^\S+$/, 'must be a token, without blanks'),
  S3_CREDENTIALS_ENDPOINT: origin,
});

type CredentialEntries = v.InferOutput<typeof credentialEntries>;

/** A role is assumed in the bucket's region, which is another variable. */
type Source = Exclude<CredentialSource, AssumedRole> | Omit<AssumedRole, 'region'>;

/** Where credentials for S3 come from: the variables that are set decide. */
export const credentialVariables = v.pipe(
  credentialEntries,
  v.rawTransform<CredentialEntries, Source>(({ dataset, addIssue, NEVER }) => {
    const complain = (message: string) => addIssue({ message });
    return sourceOf(dataset.value, complain) ?? NEVER;
  }),
);

export const CREDENTIAL_NAMES = Object.keys(credentialEntries.entries);

type Complain = (message: string) => void;

function sourceOf(env: CredentialEntries, complain: Complain): Source | undefined {
  const { S3_COGNITO_IDENTITY_ID: identityId } = env;
  return identityId === undefined
    ? keySource(env, complain)
    : cognitoSource(identityId, env, complain);
}

function keySource(env: CredentialEntries, complain: Complain): Source | undefined {
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (accessKeyId === undefined) complain('S3_ACCESS_KEY_ID is not set');
  if (secretAccessKey === undefined) complain('S3_SECRET_ACCESS_KEY is not set');
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  const keys = { accessKeyId, secretAccessKey };
  const { S3_ROLE_ARN: roleArn, S3_ROLE_EXTERNAL_ID: externalId } = env;
  if (roleArn === undefined) return { kind: 'access key', keys };
  return { kind: 'role', roleArn, externalId, keys, endpoint: env.S3_CREDENTIALS_ENDPOINT };
}

function cognitoSource(
  identityId: string,
  env: CredentialEntries,
  complain: Complain,
): Source | undefined {
  for (const other of ['S3_ACCESS_KEY_ID', 'S3_ROLE_ARN'] as const) {
    if (env[other] !== undefined) {
      complain(`${other} is set beside S3_COGNITO_IDENTITY_ID: leave one of them empty`);
    }
  }
  const { S3_COGNITO_LOGIN_PROVIDER: provider, S3_COGNITO_LOGIN_TOKEN: token } = env;
  if ((provider === undefined) !== (token === undefined)) {
    complain('S3_COGNITO_LOGIN_PROVIDER and S3_COGNITO_LOGIN_TOKEN need each other');
  }
  const login = provider !== undefined && token !== undefined ? { provider, token } : undefined;
  return { kind: 'cognito', identityId, login, endpoint: env.S3_CREDENTIALS_ENDPOINT };
}
