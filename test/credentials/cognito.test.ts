import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock';
import type { CognitoIdentity } from '../../src/credentials/credentials';
import {
  CredentialsError,
  type CredentialsOptions,
  createCredentials,
} from '../../src/credentials/credentials';
import { fetchTemporaryCredentials } from '../../src/credentials/sts-and-cognito';
import {
  cognitoError,
  type Identity,
  type IssuedCredentials,
  startCognito,
  type TestCognito,
} from '../helpers/credentials/cognito';
import type { Fault } from '../helpers/fault-server';

const GUEST = 'eu-central-1:11111111-2222-3333-4444-555555555555';
const USER = 'eu-central-1:66666666-7777-8888-9999-000000000000';
const login = { provider: 'accounts.example.com', token: 'a-token-of-the-provider' };

const issued: IssuedCredentials = {
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  sessionToken: 'a session token, '.repeat(60),
  expiration: new Date('2099-01-01T00:00:00Z'),
};

let cognito: TestCognito;

const SILENCE: Fault = { kind: 'stall', afterBytes: 0 };
/** In the body. */
const STALL: Fault = { kind: 'stall', afterBytes: -10 };

const answer = (status: number, body: string): Fault => ({
  kind: 'reply',
  status,
  headers: {},
  body,
});

beforeAll(async () => {
  const issue = async () => issued;
  cognito = await startCognito(
    new Map<string, Identity>([
      [GUEST, { issue }],
      [USER, { issue, login }],
    ]),
  );
});

beforeEach(() => {
  cognito.faults.next();
});

afterAll(() => cognito.close());

const identity = (changes: Partial<CognitoIdentity> = {}): CognitoIdentity => ({
  kind: 'cognito',
  identityId: GUEST,
  login: undefined,
  endpoint: cognito.faults.endpoint,
  ...changes,
});

describe('Cognito', () => {
  it('gives credentials to a guest', async () => {
    expect(await fetchTemporaryCredentials(identity())).toEqual(issued);
  });

  it('gives credentials to a user with a login', async () => {
    expect(await fetchTemporaryCredentials(identity({ identityId: USER, login }))).toEqual(issued);
  });

  it.each<[string, Partial<CognitoIdentity>]>([
    ['a login that has expired', { identityId: USER, login: { ...login, token: 'an-old-token' } }],
    [
      'a login of another provider',
      { identityId: USER, login: { ...login, provider: 'example.org' } },
    ],
    ['no login', { identityId: USER }],
    ['a login for a guest', { login }],
  ])('refuses %s, and the error names the variables but no token', async (_, changes) => {
    const refused = fetchTemporaryCredentials(identity(changes));
    await expect(refused).rejects.toThrow(/NotAuthorizedException.*S3_COGNITO_LOGIN_TOKEN/);
    await expect(refused).rejects.not.toThrow(/old-token|of-the-provider|1667365798/);
  });

  it('refuses an unknown identity, and the error names the variable', async () => {
    const other = identity({ identityId: 'eu-central-1:00000000-0000-0000-0000-000000000000' });
    await expect(fetchTemporaryCredentials(other)).rejects.toThrow('Check S3_COGNITO_IDENTITY_ID.');
  });

  it.each([
    ['TooManyRequestsException', 400],
    ['InternalErrorException', 500],
  ])('gets a second request after %s', async (name, status) => {
    cognito.faults.always(cognitoError(name, status));
    const before = cognito.faults.requests.length;
    await expect(fetchTemporaryCredentials(identity())).rejects.toThrow(name);
    expect(cognito.faults.requests.length - before).toBe(2);
  });

  it.each<[string, Fault]>([
    ['a page of HTML', answer(200, '<html><body>Log in<br></body></html>')],
    ['a refusal in HTML', answer(403, '<html><body>Log in</body></html>')],
    ['a refusal without a word', answer(403, '')],
    [
      'an expiration that is no date',
      answer(200, '{"Credentials":{"AccessKeyId":"A","SecretKey":"S","Expiration":"soon"}}'),
    ],
  ])(
    'that answers with %s is told as such, and nothing of the answer is repeated',
    async (_, fault) => {
      cognito.faults.always(fault);
      const asked = fetchTemporaryCredentials(identity());
      await expect(asked).rejects.toThrow(
        /^Asking Cognito for \S+: the answer was \d+ in a form that cannot be read\. Check S3_CREDENTIALS_ENDPOINT[^\n]*$/,
      );
      await expect(asked).rejects.not.toThrow(/Log in|soon|raw response/);
    },
  );

  it.each(['', '{}', '{"Credentials":{"AccessKeyId":"A","SecretKey":"S","SessionToken":"T"}}'])(
    'gives no credentials by answering %j',
    async (body) => {
      cognito.faults.always(answer(200, body));
      await expect(fetchTemporaryCredentials(identity())).rejects.toThrow('Asking Cognito for');
    },
  );

  it('gets a second request after it stopped in the body of its response', async () => {
    cognito.faults.next(STALL);
    const before = cognito.faults.requests.length;
    expect(await fetchTemporaryCredentials(identity(), { timeoutMs: 3000 })).toEqual(issued);
    expect(cognito.faults.requests.length - before).toBe(2);
  });

  it.each<[string, Fault]>([
    ['says nothing', SILENCE],
    ['stops in the body of its answer', STALL],
    ['sends its answer byte by byte', { kind: 'drip', everyMs: 20 }],
  ])('is given up when it %s', async (_, fault) => {
    cognito.faults.always(fault);
    const asked = fetchTemporaryCredentials(identity(), { timeoutMs: 100 });
    await expect(asked).rejects.toThrow(`Asking Cognito for ${GUEST}`);
  });
});

describe('a source of credentials', () => {
  it('gets another request for the next caller after it stalled', async () => {
    const loadProviders: CredentialsOptions['loadProviders'] = async () => ({
      fetchTemporaryCredentials: (source) => fetchTemporaryCredentials(source, { timeoutMs: 2000 }),
    });
    const credentials = createCredentials({ clock: systemClock, loadProviders });
    cognito.faults.always(STALL);
    await expect(credentials(identity())).rejects.toThrow(`Asking Cognito for ${GUEST}`);
    cognito.faults.next();
    expect(await credentials(identity())).toEqual(issued);
  });

  it('is waited for no longer than the deadline of the request', async () => {
    const loadProviders = () => import('../../src/credentials/sts-and-cognito');
    const credentials = createCredentials({ clock: systemClock, loadProviders });
    cognito.faults.always(SILENCE);
    await expect(credentials(identity(), 50)).rejects.toThrow(CredentialsError);
    await expect(credentials(identity(), 50)).rejects.toThrow('none had come after 50 ms');
  });

  it('gets one request while it stays the same', async () => {
    const loadProviders = () => import('../../src/credentials/sts-and-cognito');
    const credentials = createCredentials({ clock: systemClock, loadProviders });
    const before = cognito.faults.requests.length;
    await Promise.all([credentials(identity()), credentials(identity())]);
    await credentials(identity());
    expect(cognito.faults.requests.length - before).toBe(1);
    expect(await credentials(identity({ identityId: USER, login }))).toEqual(issued);
    expect(cognito.faults.requests.length - before).toBe(2);
  });

  it('that is an access key loads no provider', async () => {
    const loadProviders = () => Promise.reject(new Error('nobody asked for providers'));
    const credentials = createCredentials({ clock: systemClock, loadProviders });
    const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' };
    expect(await credentials({ kind: 'access key', keys })).toBe(keys);
  });
});
