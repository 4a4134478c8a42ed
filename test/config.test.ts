import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  ignoredVariables,
  isLoopback,
  readAccount,
  readAdminSecret,
  readAudioConfig,
  readCallConfig,
  readConfig,
  readOperatorNumber,
  readPrefix,
  readSecretAccessKey,
  readVisibility,
} from '../src/config';
import { ConfigError } from '../src/errors';
import { accountVariables, credentialVariables, syncVariables } from '../src/variables';

const complete = {
  S3_BUCKET: 'examplebucket',
  S3_REGION: 'eu-central-1',
  S3_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  S3_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

function messageFor(changes: Record<string, unknown>): string {
  try {
    readConfig({ ...complete, ...changes });
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.message;
    throw thrown;
  }
  return 'accepted';
}

describe('readConfig', () => {
  it('needs only bucket, region and access key', () => {
    expect(readConfig(complete)).toEqual({
      s3: {
        bucket: 'examplebucket',
        region: 'eu-central-1',
        prefix: '',
        endpoint: undefined,
        addressingStyle: 'auto',
        credentials: {
          kind: 'access key',
          keys: {
            accessKeyId: complete.S3_ACCESS_KEY_ID,
            secretAccessKey: complete.S3_SECRET_ACCESS_KEY,
          },
        },
      },
      audioCache: { maxBytes: 32_000_000, freshSeconds: 60 },
      twilio: {
        credential: undefined,
        authToken: undefined,
        serviceSid: undefined,
        environmentSid: undefined,
        apiOrigin: undefined,
      },
      adminSecret: undefined,
      sync: { visibility: 'public', include: [], exclude: [], debounceMs: 3000, sliceMs: 4000 },
    });
  });

  it('names all missing variables at once', () => {
    const message = messageFor({
      S3_BUCKET: undefined,
      S3_REGION: '',
      S3_ACCESS_KEY_ID: undefined,
    });
    expect(message).toContain('S3_BUCKET is not set');
    expect(message).toContain('S3_REGION is not set');
    expect(message).toContain('S3_ACCESS_KEY_ID is not set');
    expect(message).toContain('.env.example');
  });

  it.each([
    ['S3_BUCKET', 'Not_A_Bucket'],
    ['S3_REGION', 'eu central'],
    ['S3_REGION', 'RegionOne'],
    ['S3_REGION', 'zg_public'],
    ['S3_ENDPOINT', 'http://storage.example.com'],
    ['S3_ENDPOINT', 'https://storage.example.com/bucket'],
    ['S3_ENDPOINT', 'https://storage.example.com//'],
    ['S3_ENDPOINT', 'https://storage.example.com?'],
    ['S3_ENDPOINT', 'https://storage.example.com/#'],
    ['S3_ENDPOINT', 'https://user@storage.example.com'],
    ['S3_ENDPOINT', 'https:storage.example.com'],
    ['S3_ENDPOINT', 'https:\\\\storage.example.com'],
    ['S3_ENDPOINT', 'https://storage.exa\nmple.com'],
    ['S3_ENDPOINT', 'https://storage.example.com:99999'],
    ['S3_ENDPOINT', 'storage.example.com'],
    ['S3_PREFIX', 'a/../b/'],
    ['TWILIO_API_URL', 'ftp://localhost'],
    ['S3_SECRET_ACCESS_KEY', 'with blank'],
    ['S3_ACCESS_KEY', 'AKIAIOSFODNN7EXAMPLE'],
    ['S3_ACCESS_KEY', 'AKIAIOSFODNN7EXAMPLE:'],
    ['S3_ACCESS_KEY', ':wJalrXUtnFEMI'],
    ['S3_ACCESS_KEY', 'AKIAIOSFODNN7EXAMPLE: wJalrXUtnFEMI'],
    ['S3_ADDRESSING_STYLE', 'subdomain'],
    ['AUDIO_CACHE_MB', '129'],
    ['AUDIO_CACHE_SECONDS', '-1'],
    ['AUDIO_VISIBILITY', 'private'],
    ['SYNC_QUIET_SECONDS', '-1'],
    ['SYNC_BUDGET_SECONDS', '7'],
    ['SYNC_BUDGET_SECONDS', '1.5'],
    ['SYNC_BUDGET_SECONDS', 'four'],
    ['SYNC_BUDGET_SECONDS', '0x4'],
    ['AUDIO_CACHE_MB', '1e2'],
    ['AUDIO_CACHE_MB', '+5'],
    ['AUDIO_CACHE_MB', '５'],
    ['AUDIO_CACHE_MB', '-0'],
    ['AUDIO_CACHE_MB', '1_0'],
    ['AUDIO_CACHE_MB', 'Infinity'],
  ])('refuses %s=%s and names it', (name, value) => {
    expect(messageFor({ [name]: value })).toContain(`  ${name} must `);
  });

  const names = [...Object.keys(syncVariables()), ...Object.keys(credentialVariables)].filter(
    (name) => name !== 'ADMIN_SECRET',
  );

  it.each(names)(
    'refuses %s with a blank or an invisible character at an end, and changes nothing',
    (name) => {
      for (const value of [' 1', '1 ', '1\n', '\t1', '1\u00a0', '\ufeff1', '1\u200b']) {
        expect(messageFor({ [name]: value })).toContain(
          `  ${name} must not begin or end with a blank or an invisible character\n`,
        );
      }
    },
  );

  it('takes variables of blanks alone for unset', () => {
    const blank = Object.fromEntries(
      [...names, 'ADMIN_SECRET'].map((name) => [name, ' \t\r\n\u3000\ufeff']),
    );
    expect(readConfig({ ...blank, ...complete })).toEqual(readConfig(complete));
    expect(messageFor({ S3_SECRET_ACCESS_KEY: '  ' })).toContain('S3_SECRET_ACCESS_KEY is not set');
    expect(ignoredVariables({ ADMIN_SECRET: ' ', OPERATOR_NUMBER: ' ' })).toEqual([]);
    expect(readSecretAccessKey({ S3_SECRET_ACCESS_KEY: ' ' })).toBeUndefined();
  });

  it.each([
    ['https://minio.example.com:443', 'https://minio.example.com'],
    ['https://minio.example.com:443/', 'https://minio.example.com'],
    ['https://minio.example.com:9000', 'https://minio.example.com:9000'],
    ['https://S3.Example.com', 'https://s3.example.com'],
    ['HTTPS://S3.EXAMPLE.COM/', 'https://s3.example.com'],
    ['http://LocalHost:80', 'http://localhost'],
    ['http://[::1]:7480', 'http://[::1]:7480'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
  ])('reads the origin %s as %s', (S3_ENDPOINT, endpoint) => {
    expect(readConfig({ ...complete, S3_ENDPOINT }).s3.endpoint).toBe(endpoint);
    const other = {
      ...complete,
      S3_CREDENTIALS_ENDPOINT: S3_ENDPOINT,
      TWILIO_API_URL: S3_ENDPOINT,
    };
    expect(readConfig(other).twilio.apiOrigin).toBe(endpoint);
  });

  it.each(['RegionOne', 'GRA', 'zg_public', 'eu.1', 'auto'])(
    'takes the region %s of a server that is not AWS',
    (S3_REGION) => {
      const config = { ...complete, S3_REGION, S3_ENDPOINT: 'https://s3.example.com' };
      expect(readConfig(config).s3.region).toBe(S3_REGION);
      expect(readAudioConfig(config).s3.region).toBe(S3_REGION);
    },
  );

  it.each(['a/b', 'a b', 'a,b', 'é'])('refuses the region %j everywhere', (S3_REGION) => {
    const changes = { S3_REGION, S3_ENDPOINT: 'https://s3.example.com' };
    expect(messageFor(changes)).toContain('  S3_REGION must be');
  });

  it('never repeats the value of a secret', () => {
    expect(messageFor({ S3_SECRET_ACCESS_KEY: 'hush hush' })).not.toContain('hush');
  });

  it('accepts plain http for this machine only', () => {
    expect(readConfig({ ...complete, S3_ENDPOINT: 'http://127.0.0.1:7480/' }).s3.endpoint).toBe(
      'http://127.0.0.1:7480',
    );
  });

  it.each(['(a+)+$', '*.mp3,!a.mp3', '**.mp3', '{a,b'])(
    'refuses the glob %j before anything is selected by it',
    (glob) => {
      expect(() => readConfig({ ...complete, SYNC_EXCLUDE: glob })).toThrow(
        'SYNC_EXCLUDE must be globs of keys: ',
      );
    },
  );

  it('reads lists of globs', () => {
    const { sync } = readConfig({
      ...complete,
      SYNC_INCLUDE: '**/*.{mp3,wav}, en/**',
      SYNC_EXCLUDE: '',
    });
    expect([sync.include, sync.exclude]).toEqual([['**/*.{mp3,wav}', 'en/**'], []]);
  });

  it('treats an admin secret that is too short, or that a header would change, as none', () => {
    const read = (secret: string) => readConfig({ ...complete, ADMIN_SECRET: secret }).adminSecret;
    expect(read('x'.repeat(31))).toBeUndefined();
    expect(read('x'.repeat(32))).toHaveLength(32);
    expect(read(`${'x'.repeat(31)} y`)).toHaveLength(33);
    expect(read('é'.repeat(32))).toBeUndefined();
    expect(read(`${'x'.repeat(31)} `)).toBeUndefined();
    expect(read(` ${'x'.repeat(31)}`)).toBeUndefined();
  });
});

/** Variables that only a sync reads, all malformed. */
const typos = {
  SYNC_BUDGET_SECONDS: '7',
  SYNC_QUIET_SECONDS: '-1',
  AUDIO_VISIBILITY: 'Public',
  TWILIO_API_URL: 'x',
};

describe('readAudioConfig', () => {
  it('reads what readConfig reads, even if other variables are malformed', () => {
    const { s3, audioCache, twilio } = readConfig({ ...complete, AUTH_TOKEN: 'token' });
    expect(readAudioConfig({ ...complete, ...typos, AUTH_TOKEN: 'token' })).toEqual({
      s3,
      audioCache,
      twilio: { authToken: twilio.authToken },
    });
  });

  it('gives the same result again until one of the variables changes', () => {
    const config = readAudioConfig({ ...complete, AUTH_TOKEN: 'token' });
    expect(readAudioConfig({ ...complete, ...typos, AUTH_TOKEN: 'token' })).toBe(config);
    expect(readAudioConfig({ ...complete, AUTH_TOKEN: 'other' }).twilio.authToken).toBe('other');
    expect(readAudioConfig(complete).twilio.authToken).toBeUndefined();
    const S3_COGNITO_IDENTITY_ID = 'eu-central-1:0';
    expect(() => readAudioConfig({ ...complete, S3_COGNITO_IDENTITY_ID })).toThrow('beside');
    expect(readAudioConfig(complete).s3.credentials.kind).toBe('access key');
  });

  it('names the malformed variables that it needs', () => {
    expect(() => readAudioConfig({ ...complete, S3_REGION: 'EU' })).toThrow('S3_REGION must be');
  });
});

describe('readCallConfig', () => {
  const deployed = {
    ...complete,
    S3_PREFIX: 'prompts/',
    AUTH_TOKEN: 'token',
    DOMAIN_NAME: 'clinic-1234-dev.twil.io',
  };

  it('reads the domain and the audio proxy’s access, even if other variables are malformed', () => {
    expect(readCallConfig({ ...deployed, ...typos })).toEqual({
      publicOrigin: 'https://clinic-1234-dev.twil.io',
      proxy: { bucket: 'examplebucket', prefix: 'prompts/', authToken: 'token' },
    });
  });

  it.each([
    ['S3_BUCKET', undefined, 'S3_BUCKET is not set'],
    ['S3_REGION', 'EU', 'S3_REGION must be'],
    ['S3_SECRET_ACCESS_KEY', '', 'S3_SECRET_ACCESS_KEY is not set'],
    ['AUDIO_CACHE_MB', '256', 'AUDIO_CACHE_MB must be'],
    ['AUTH_TOKEN', '', 'AUTH_TOKEN is not set'],
  ])('says why the audio proxy cannot work with %s=%s', (name, value, problem) => {
    expect(readCallConfig({ ...deployed, [name]: value })).toEqual({
      publicOrigin: 'https://clinic-1234-dev.twil.io',
      proxy: { problem: expect.stringContaining(problem) },
    });
  });

  it.each([
    ['clinic-1234-dev.twil.io', 'https://clinic-1234-dev.twil.io'],
    ['localhost:3000', 'http://localhost:3000'],
    ['localhost.example.com', 'https://localhost.example.com'],
  ])('gives %s the origin %s', (DOMAIN_NAME, origin) => {
    expect(readCallConfig({ ...deployed, DOMAIN_NAME }).publicOrigin).toBe(origin);
  });

  it.each([[undefined], [''], [7]])('names DOMAIN_NAME when it is %p', (DOMAIN_NAME) => {
    expect(() => readCallConfig({ ...deployed, DOMAIN_NAME })).toThrow('DOMAIN_NAME');
  });
});

describe('readOperatorNumber', () => {
  it.each([
    ['+815012345678', '+815012345678'],
    ['050-1234', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('reads %p as %p, even if other variables are malformed', (OPERATOR_NUMBER, number) => {
    expect(readOperatorNumber({ S3_BUCKET: 'Not_A_Bucket', OPERATOR_NUMBER })).toBe(number);
  });
});

describe('a reader of one variable', () => {
  it.each([
    ['prompts/', 'prompts/'],
    ['a/../b/', ''],
    [' ', ''],
    [undefined, ''],
  ])('reads the prefix %p as %p, even if other variables are malformed', (S3_PREFIX, prefix) => {
    expect(readPrefix({ S3_BUCKET: 'Not_A_Bucket', S3_PREFIX })).toBe(prefix);
  });

  it.each([
    ['protected', 'protected'],
    ['public', 'public'],
    [undefined, 'public'],
  ])('reads the visibility %p as %p', (AUDIO_VISIBILITY, visibility) => {
    expect(readVisibility({ S3_BUCKET: 'Not_A_Bucket', AUDIO_VISIBILITY })).toBe(visibility);
  });

  it.each([
    [{ S3_SECRET_ACCESS_KEY: 'secret' }, 'secret'],
    [{ S3_ACCESS_KEY: 'id:new', S3_SECRET_ACCESS_KEY: 'secret' }, 'new'],
    [{ S3_ACCESS_KEY: 'id' }, undefined],
    [{}, undefined],
  ])('reads the secret of the access key of %p as %p', (variables, secret) => {
    expect(readSecretAccessKey({ S3_BUCKET: 'Not_A_Bucket', ...variables })).toBe(secret);
  });
});

describe('ignoredVariables', () => {
  it('names the optional variables that are set but unusable', () => {
    const unusable = { ADMIN_SECRET: 'short', OPERATOR_NUMBER: '050-1234' };
    expect(ignoredVariables(unusable)).toEqual(['ADMIN_SECRET', 'OPERATOR_NUMBER']);
    expect(ignoredVariables({ ADMIN_SECRET: '', OPERATOR_NUMBER: undefined })).toEqual([]);
    const usable = { ADMIN_SECRET: 'x'.repeat(32), OPERATOR_NUMBER: '+815012345678' };
    expect(ignoredVariables(usable)).toEqual([]);
  });
});

describe('readAdminSecret', () => {
  it.each([
    ['x'.repeat(32), 'x'.repeat(32)],
    ['x'.repeat(31), undefined],
    ['é'.repeat(32), undefined],
    [undefined, undefined],
  ])('reads %p as %p, even if other variables are malformed', (ADMIN_SECRET, secret) => {
    expect(readAdminSecret({ S3_BUCKET: 'Not_A_Bucket', ADMIN_SECRET })).toBe(secret);
  });
});

describe('readAccount', () => {
  const account = { ACCOUNT_SID: `AC${'0'.repeat(32)}`, AUTH_TOKEN: 'token' };

  it('reads the account, even if other variables are malformed', () => {
    expect(readAccount({ S3_BUCKET: 'Not_A_Bucket', ...account })).toEqual({
      accountSid: account.ACCOUNT_SID,
      credential: { username: account.ACCOUNT_SID, password: 'token' },
      authToken: 'token',
      apiOrigin: undefined,
    });
  });

  const key = { API_KEY: `SK${'0'.repeat(32)}`, API_SECRET: 'secret' };
  const credential = { username: key.API_KEY, password: key.API_SECRET };

  it('takes an API key alone, and then has no token', () => {
    expect(readAccount({ ...account, ...key, AUTH_TOKEN: ' ' })).toMatchObject({
      accountSid: account.ACCOUNT_SID,
      credential,
      authToken: undefined,
    });
  });

  it('asks Twilio with the API key, and keeps the token for signatures, where both are set', () => {
    expect(readAccount({ ...account, ...key })).toMatchObject({ credential, authToken: 'token' });
  });

  it.each([
    ['API_KEY without its secret', { API_SECRET: '' }, 'API_SECRET is not set, and API_KEY is'],
    ['a secret without its key', { API_KEY: '' }, 'API_KEY is not set, and API_SECRET is'],
    [
      'another SID for a key',
      { API_KEY: `AC${'0'.repeat(32)}` },
      'API_KEY must be the SID of an API key of Twilio',
    ],
    [
      'a key for the account',
      { ACCOUNT_SID: key.API_KEY },
      'ACCOUNT_SID must be an Account SID: AC and 32 hexadecimal digits (an API key goes into API_KEY)',
    ],
  ])('refuses %s, and shows no secret', (_, changes, problem) => {
    const read = () => readAccount({ ...account, ...key, ...changes });
    expect(read).toThrow(problem);
    expect(read).not.toThrow(/secret$|token$/m);
  });

  it('names all that is wrong at once, without a value, and says where to set it', () => {
    const wrong = { ACCOUNT_SID: 'AC1', API_KEY: 'SK1', TWILIO_API_URL: 'x' };
    expect(() => readAccount(wrong, 'Set them there.')).toThrow(
      /^The account is not known:\n {2}ACCOUNT_SID must be an Account SID.*\n {2}API_KEY must be .*\n {2}API_SECRET is not set.*\n {2}TWILIO_API_URL must be an origin.*\nSet them there\.$/,
    );
  });
});

describe('a Function', () => {
  it('asks Twilio with the account that Twilio gives it, and not with an API key', () => {
    const { twilio } = readConfig({
      ...complete,
      ACCOUNT_SID: `AC${'0'.repeat(32)}`,
      AUTH_TOKEN: 'token',
      API_KEY: `SK${'0'.repeat(32)}`,
      API_SECRET: 'secret',
    });
    expect(twilio.credential).toEqual({ username: `AC${'0'.repeat(32)}`, password: 'token' });
  });
});

describe('the variables', () => {
  const read = (file: string) => readFileSync(join(__dirname, '..', file), 'utf8');
  /** Twilio sets these. */
  const ofTwilio = ['SERVICE_SID', 'ENVIRONMENT_SID'];
  const names = new Set(
    [
      ...Object.keys(syncVariables()),
      ...Object.keys(accountVariables()),
      ...Object.keys(credentialVariables),
      'OPERATOR_NUMBER',
    ].filter((name) => !ofTwilio.includes(name)),
  );

  it('are read in config.ts only', () => {
    const folders = ['src', 'functions', 'cli', 'phone', 'explain'];
    const files = folders.flatMap((folder) =>
      readdirSync(join(__dirname, '..', folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => `${folder}/${file}`),
    );
    // A property or a destructured name, not a word of a text or a comment.
    const reads = new RegExp(`^[^'"\`/*]*(\\.|[{,] *)(${[...names].join('|')})\\b(?!: )`, 'm');
    const readers = files.filter((file) => reads.test(read(file)));
    expect(readers).toEqual(['src/config.ts']);
  });

  it('all stand in .env.example, and no others', () => {
    const template = [...read('.env.example').matchAll(/^(\w+)=/gm)].map(([, name]) => name);
    expect(template.sort()).toEqual([...names].sort());
  });
});

describe('isLoopback', () => {
  it.each(['localhost', 'localhost:1', '127.0.0.1', '127.1.2.3:80', '[::1]:3000'])(
    'is true for %s',
    (host) => expect(isLoopback(host)).toBe(true),
  );
  it.each(['localhost.evil.example', '127.0.0.1.example', 'example.com', '128.0.0.1'])(
    'is false for %s',
    (host) => expect(isLoopback(host)).toBe(false),
  );
});
