import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { Sha256 } from '@aws-crypto/sha256-js';
import { describe, expect, it } from '@jest/globals';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import {
  identity,
  judgeAppended,
  judgeIdentity,
  judgePrivacy,
  maskedKeyId,
} from '../../../cli/doctor/access';
import { judgeClock, judgeRegion } from '../../../cli/doctor/bucket';
import { judgeClosed, judgeNumbers } from '../../../cli/doctor/calls';
import { judgeSizes, judgeVariables } from '../../../cli/doctor/configuration';
import { judgePlayable, judgePromptSizes } from '../../../cli/doctor/prompts';
import { judgeProxy } from '../../../cli/doctor/proxy';
import { judgeRules, rulesIn } from '../../../cli/doctor/rules';
import { judgeAssets, judgeRuntime, judgeServices } from '../../../cli/doctor/service';
import { writeVariables } from '../../helpers/cli/commands';
import { FakeClock } from '../../helpers/clock';

const NOW = new Date('2026-01-02T03:04:05Z');
const MINUTE = 60_000;
const answer = (status: number, body = '', headers = {}) => ({
  status,
  headers,
  body: Buffer.from(body),
});

describe('the clock', () => {
  it.each([
    [0, 'ok'],
    [4.9, 'ok'],
    [-4.9, 'ok'],
    [5, 'warn'],
    [-14.9, 'warn'],
    [15, 'fail'],
    [-60, 'fail'],
  ])('%d minutes off is %s', (minutes, status) => {
    const date = new Date(NOW.getTime() - minutes * MINUTE).toUTCString();
    expect(judgeClock(date, NOW).status).toBe(status);
  });

  it.each([undefined, '', 'yesterday'])('is not known by the Date %j', (date) => {
    expect(judgeClock(date, NOW).status).toBe('skipped');
  });
});

describe('the region', () => {
  const of = (given: ReturnType<typeof answer>) => judgeRegion({ region: 'eu-central-1' }, given);
  const header = (region: string) => ({ 'x-amz-bucket-region': region });
  const error = (code: string, more = '') => `<Error><Code>${code}</Code>${more}</Error>`;

  it.each([
    ['its header agrees', answer(200, '', header('eu-central-1')), 'ok'],
    ['its header says another', answer(301, '', header('us-west-2')), 'fail'],
    ['its error says another', answer(400, error('X', '<Region>us-west-2</Region>')), 'fail'],
    ['its error says no more', answer(301, error('PermanentRedirect')), 'fail'],
    ['it tells none, and takes the signature', answer(200, '<ListBucketResult/>'), 'ok'],
    ['it has another name for it, and takes the signature', answer(200, '', header('WNAM')), 'ok'],
    ['it refuses for another reason', answer(403, error('AccessDenied')), 'skipped'],
    ['its header is hostile', answer(403, '', header('\u001b[2J')), 'skipped'],
  ])('where %s', (_, given, status) => {
    expect(of(given).status).toBe(status);
  });

  it('says which one to set', () => {
    expect(of(answer(400, '', header('us-west-2'))).message).toContain('Set S3_REGION=us-west-2.');
  });
});

describe('who signs', () => {
  const arn = 'arn:aws:iam::123456789012:user/prompts';
  const found = `<GetCallerIdentityResult><Arn>${arn}</Arn></GetCallerIdentityResult>`;
  const refused = (code: string) => `<Error><Code>${code}</Code></Error>`;

  it.each([
    [answer(200, found), 'ok', arn],
    [answer(403, refused('InvalidClientTokenId')), 'fail', 'Check S3_ACCESS_KEY_ID'],
    [answer(403, refused('SignatureDoesNotMatch')), 'fail', 'Check S3_SECRET_ACCESS_KEY'],
    [answer(403, refused('Unheard')), 'fail', '403 Unheard'],
    [answer(403, refused('constructor')), 'fail', '403 constructor.'],
    [answer(403, '<html>'), 'warn', 'could not tell'],
    [answer(200, '<html>'), 'warn', 'could not tell'],
    [answer(503, ''), 'warn', '503'],
  ])('%j', (given, status, text) => {
    const { message, ...rest } = judgeIdentity('AKIA****MPLE', given);
    expect(rest).toEqual({ status });
    expect(message).toContain(text);
    expect(message).not.toContain('function');
  });

  it('shows eight characters of a key id at most, and never a short one', () => {
    expect(maskedKeyId({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE' })).toBe('AKIA****MPLE');
    fc.assert(
      fc.property(fc.string({ maxLength: 11 }), (accessKeyId) => {
        expect(maskedKeyId({ accessKeyId })).toBe('****');
      }),
    );
  });

  /** The line of a key that assumes a role, at an STS that answers a GET so. */
  async function identityBy(answerGet: RequestListener) {
    const server = createServer((request, response) => {
      if (request.method === 'GET') answerGet(request, response);
      else response.end(assumed);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const { file, remove } = writeVariables({
      S3_BUCKET: 'examplebucket',
      S3_REGION: 'us-east-1',
      S3_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      S3_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      S3_ROLE_ARN: 'arn:aws:iam::123456789012:role/prompts',
      S3_CREDENTIALS_ENDPOINT: `http://127.0.0.1:${port}`,
    });
    const clock = new FakeClock({ startMs: NOW.getTime() });
    const options = { env: file, environment: 'dev' };
    const line = await identity.result({ options, shell: {}, clock });
    remove();
    server.closeAllConnections();
    server.close();
    return { line, port };
  }

  it('is asked with a signature that AWS’s own signer makes, too', async () => {
    const received: Pick<IncomingMessage, 'url' | 'headers'>[] = [];
    const { line, port } = await identityBy((request, response) => {
      received.push(request);
      response.end(found);
    });
    expect(line).toEqual({ status: 'ok', message: `access key ASIA****MPLE is ${arn}` });
    const signer = new SignatureV4({
      service: 'sts',
      region: 'us-east-1',
      credentials: TEMPORARY,
      sha256: Sha256,
      applyChecksum: false,
    });
    const expected = await signer.sign(
      new HttpRequest({
        method: 'GET',
        hostname: '127.0.0.1',
        port,
        path: '/',
        query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
        headers: { host: `127.0.0.1:${port}` },
      }),
      { signingDate: NOW },
    );
    const [request] = received;
    expect(request?.url).toBe('/?Action=GetCallerIdentity&Version=2011-06-15');
    expect(request?.headers.authorization).toBe(expected.headers.authorization);
  });

  it('is no failure where STS cannot be reached: calls do not need it', async () => {
    const { line } = await identityBy((request) => request.socket.destroy());
    expect(line).toEqual({
      status: 'warn',
      message: expect.stringMatching(/^access key ASIA\*{4}MPLE; STS could not be asked/),
    });
  });
});

const TEMPORARY = {
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  sessionToken: 'a session token',
};

const assumed = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>${TEMPORARY.accessKeyId}</AccessKeyId><SecretAccessKey>${TEMPORARY.secretAccessKey}</SecretAccessKey>
<SessionToken>${TEMPORARY.sessionToken}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
</Credentials></AssumeRoleResult></AssumeRoleResponse>`;

it.each([
  [403, 403, 'ok'],
  [401, 401, 'ok'],
  [404, 403, 'warn'],
  [200, 403, 'fail'],
  [206, 403, 'fail'],
  [403, 200, 'fail'],
])('a stranger who gets %d for an object and %d for the list: %s', (object, list, status) => {
  expect(judgePrivacy('a.mp3', object, list).status).toBe(status);
});

it.each([
  [403, 'ok'],
  [200, 'ok'],
  [400, 'fail'],
  [502, 'fail'],
])('an appended parameter that is answered %d: %s', (status, judged) => {
  expect(judgeAppended(status, `${status}`).status).toBe(judged);
});

describe('the file with the variables', () => {
  const judge = (facts: Partial<Parameters<typeof judgeVariables>[0]>) =>
    judgeVariables({ env: '.env', isThere: true, file: { A: '1' }, shell: {}, ...facts });

  it.each([
    ['that is there', {}, 'ok'],
    ['that is not there', { isThere: false, file: {} }, 'warn'],
    ['beside a shell that says the same', { shell: { A: '1', B: '2' } }, 'ok'],
    ['beside a shell that says otherwise', { shell: { A: '2' } }, 'warn'],
  ])('%s', (_, facts, status) => {
    expect(judge(facts).status).toBe(status);
  });

  it('is overridden by the shell, as for every command but deploy', () => {
    expect(judge({ shell: { A: '2' } }).value).toEqual({ file: { A: '1' }, all: { A: '2' } });
  });
});

describe('variables', () => {
  it('take 450 bytes each, as UTF-8', () => {
    expect(judgeSizes({ A: 'é'.repeat(225) }).status).toBe('ok');
    expect(judgeSizes({ A: 'é'.repeat(226) })).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('A has 452'),
    });
  });

  it('take 3,000 bytes in all, as JSON', () => {
    const many = Object.fromEntries(
      Array.from({ length: 7 }, (_, index) => [`NAME_${index}`, 'x'.repeat(400)]),
    );
    expect(judgeSizes(many).status).toBe('ok');
    expect(judgeSizes({ ...many, ANOTHER: 'x'.repeat(200) })).toMatchObject({ status: 'fail' });
  });
});

describe('recordings', () => {
  it('fail by what callers do not hear, and warn of what they may not', () => {
    const good = { key: 'a.mp3', type: 'audio/mpeg' } as const;
    const odd = { key: 'b.gsm', type: 'not recognised' } as const;
    expect(judgePlayable([good]).status).toBe('ok');
    expect(judgePlayable([good, odd])).toMatchObject({ status: 'warn' });
    expect(judgePlayable([odd, { key: 'c.mp3', type: 'not audio' }])).toMatchObject({
      status: 'fail',
      message: expect.stringMatching(/^c\.mp3 is not audio/),
    });
  });

  it('shows some of many problems, and how many more there are', () => {
    const heard = Array.from({ length: 9 }, (_, index) => ({
      key: `${index}`,
      problem: `no ${index}`,
    }));
    expect(judgePlayable(heard).message).toBe('no 0\nno 1\nno 2\nno 3\nno 4\nand 4 more');
  });

  it.each([
    [4_000_000, 'ok'],
    [4_000_001, 'warn'],
    [25_000_000, 'warn'],
    [25_000_001, 'fail'],
  ])('of %d bytes: %s', (size, status) => {
    expect(judgePromptSizes([{ key: 'a.mp3', size }]).status).toBe(status);
  });
});

it.each([
  [44, false, 'ok'],
  [45, false, 'warn'],
  [50, true, 'warn'],
  [50, false, 'fail'],
])('%d Services, the project’s among them: %s → %s', (count, isThere, status) => {
  expect(judgeServices(count, isThere).status).toBe(status);
});

it.each([
  [899, 'ok'],
  [900, 'warn'],
  [1000, 'warn'],
])('%d Assets: %s', (count, status) => {
  expect(judgeAssets(count).status).toBe(status);
});

it.each([
  ['node22', '2.0.1', 'ok'],
  ['node24', '2.1.2', 'ok'],
  ['node22', undefined, 'ok'],
  ['node18', '2.0.1', 'fail'],
  ['node22', '2.1.0', 'fail'],
])('runtime %s with handler %s: %s', (runtime, version, status) => {
  const name = '@twilio/runtime-handler';
  const dependencies = version === undefined ? [] : [{ name, version }];
  expect(judgeRuntime({ runtime, dependencies }).status).toBe(status);
});

describe('numbers', () => {
  const number = { phone: '+815012345678', isOurs: true, differs: [], hasOverrides: true };
  const judge = (all: (typeof number)[], phone?: string) =>
    judgeNumbers({ all, origin: 'https://example.com', phone }, 'npm run number --');

  it.each([
    ['one that leads there', [number], undefined, 'ok'],
    ['none', [], undefined, 'warn'],
    ['one that leads elsewhere', [{ ...number, isOurs: false }], undefined, 'warn'],
    [
      'the one that was asked about, which leads elsewhere',
      [{ ...number, isOurs: false }],
      number.phone,
      'ok',
    ],
    ['one without overrides', [{ ...number, hasOverrides: false }], undefined, 'warn'],
    ['not the one that was asked about', [number], '+12025550143', 'fail'],
  ])('%s', (_, all, phone, status) => {
    expect(judge(all, phone).status).toBe(status);
  });

  it('names what differs, and not that of numbers that lead elsewhere', () => {
    const differs = ['voiceFallbackUrl'];
    const other = { ...number, phone: '+12025550143', isOurs: false, differs: ['voiceUrl'] };
    expect(
      judgeNumbers({ all: [{ ...number, differs }, other], origin: '', phone: undefined }, 'x'),
    ).toEqual({
      status: 'fail',
      message:
        '+815012345678: voiceFallbackUrl not as they should be. Run: x --phone +815012345678',
    });
  });

  it('says of the one that was asked about that its calls go elsewhere', () => {
    const other = { ...number, isOurs: false, differs: ['voiceUrl', 'voiceFallbackUrl'] };
    expect(judgeNumbers({ all: [other], origin: '', phone: other.phone }, 'x')).toEqual({
      status: 'fail',
      message:
        '+815012345678: calls to it go elsewhere, as npm run number shows. Run: x --phone +815012345678',
    });
  });
});

describe('doors', () => {
  it.each([
    ['/voice', 403, 'ok'],
    ['/voice', 200, 'fail'],
    ['/voice', 404, 'fail'],
    ['/sync', 401, 'ok'],
    ['/sync', 503, 'ok'],
    ['/sync', 200, 'fail'],
    ['/sync', 403, 'fail'],
  ])('%s that answers %d: %s', (path, status, judged) => {
    expect(judgeClosed([{ path, status }]).status).toBe(judged);
  });
});

it.each([
  [200, 'ok'],
  [206, 'ok'],
  [413, 'ok'],
  [415, 'ok'],
  [403, 'fail'],
  [404, 'fail'],
  [502, 'fail'],
])('an audio proxy that answers %d: %s', (status, judged) => {
  expect(judgeProxy('a.mp3', status).status).toBe(judged);
});

describe('webhook Rules', () => {
  const origin = 'https://name-1234-dev.twil.io';
  const rule = (matchType: string, url?: string) =>
    matchType === 'PREFIX_MATCH' ? { matchType, prefix: url } : { matchType, value: url };

  it.each([
    ['no Rule', [], 'ok'],
    ['a default one', [rule('DEFAULT')], 'warn'],
    [
      'a default one, whatever prefix it has',
      [{ matchType: 'DEFAULT', prefix: 'https://example.com/' }],
      'warn',
    ],
    ['one for a webhook', [rule('EXACT_MATCH', `${origin}/voice`)], 'warn'],
    ['one for the domain', [rule('PREFIX_MATCH', `${origin}/`)], 'warn'],
    ['one for all of https', [rule('PREFIX_MATCH', 'https://')], 'warn'],
    ['one for another domain', [rule('PREFIX_MATCH', 'https://example.com/')], 'ok'],
    ['one for another path', [rule('EXACT_MATCH', `${origin}/other`)], 'ok'],
  ])('%s', (_, rules, status) => {
    expect(judgeRules(rules, origin).status).toBe(status);
  });

  it('are found in a list, whatever its name is', () => {
    const list = [{ matchType: 'default', settings: [], id: 'x' }];
    expect(rulesIn(JSON.stringify({ meta: {}, rules: list }))).toEqual([{ matchType: 'DEFAULT' }]);
    expect(rulesIn(JSON.stringify({ content: [] }))).toEqual([]);
  });

  it.each(['', '<html>', '[]', 'null', '{}', '{"rules":{}}', '{"rules":[1]}', '{"a":[{"b":1}]}'])(
    'are not known from %j',
    (text) => {
      expect(rulesIn(text)).toBeUndefined();
    },
  );

  it('are never an exception', () => {
    fc.assert(fc.property(fc.json(), (text) => void rulesIn(text)));
  });
});
