import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import * as v from 'valibot';
import { doctor } from '../../../cli/doctor';
import { CHECKS } from '../../../cli/doctor/checks';
import { number } from '../../../cli/number';
import { sync as syncCommand } from '../../../cli/sync';
import { promptFolder } from '../../../sandbox/prompts';
import { runVerb, type Variables, writeVariables } from '../../helpers/cli/commands';
import {
  type Fault,
  type FaultServer,
  type ReceivedRequest,
  s3Error,
  startFaultServer,
} from '../../helpers/fault-server';
import { s3ClientOf } from '../../helpers/sandbox/s3-client';
import { startSandbox, type TestSandbox } from '../../helpers/sandbox/start-sandbox';

type Choose = (request: ReceivedRequest) => Fault | undefined;

/** What is wrong in one run. */
interface Wrong {
  /** Of the file with the variables; undefined takes one out. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  readonly shell?: Variables;
  readonly args?: readonly string[];
  readonly s3?: Choose;
  readonly twilio?: Choose;
  readonly edge?: Choose;
  /** The folder of the project. */
  readonly folder?: string;
}

let sandbox: TestSandbox;
let client: S3Client;
let s3: FaultServer;
let twilio: FaultServer;
let edge: FaultServer;
let wrong: Wrong = {};
const home = process.cwd();
const folders: string[] = [];

const NO_RULES = JSON.stringify({ rules: [], meta: { key: 'rules' } });

/** The environment's domain is that of the server in front of the edge; the sandbox has no Rules. */
const twilioAnswers: Choose = (request) => {
  const chosen = wrong.twilio?.(request);
  if (chosen) return chosen;
  if (request.path.startsWith('/v1/Webhooks/Rules')) return json(NO_RULES);
  if (request.path.includes('/Variables')) return changedText(asInTheFile);
  if (!/\/Environments(\/ZE\w+)?(\?|$)/.test(request.path)) return undefined;
  const { host } = new URL(sandbox.publicOrigin);
  return changedText((text) => text.replaceAll(host, new URL(edge.endpoint).host));
};

/** The deployment has the endpoints of the file, which those of the servers in front are. */
function asInTheFile(text: string): string {
  const { S3_ENDPOINT, TWILIO_API_URL } = sandbox.variables;
  return text
    .replaceAll(`"${S3_ENDPOINT}"`, `"${s3.endpoint}"`)
    .replaceAll(`"${TWILIO_API_URL}"`, `"${twilio.endpoint}"`);
}

const json = (body: string, status = 200): Fault => ({
  kind: 'reply',
  status,
  headers: { 'content-type': 'application/json' },
  body,
});

const changedText = (change: (text: string) => string): Fault => ({
  kind: 'changed',
  body: (body) => Buffer.from(change(body.toString())),
});

const Json = v.record(v.string(), v.unknown());

/** Changes the JSON of an answer. */
const changedJson = (change: (body: v.InferOutput<typeof Json>) => object): Fault =>
  changedText((text) => JSON.stringify(change(v.parse(Json, JSON.parse(text)))));

beforeAll(async () => {
  sandbox = await startSandbox();
  const { variables, publicOrigin } = sandbox;
  client = s3ClientOf(variables);
  s3 = await startFaultServer(variables.S3_ENDPOINT, { choose: (it) => wrong.s3?.(it) });
  twilio = await startFaultServer(variables.TWILIO_API_URL, { choose: twilioAnswers });
  edge = await startFaultServer(publicOrigin, { choose: (it) => wrong.edge?.(it) });
  const { file, remove } = writeVariables(fileVariables());
  await runVerb(number, ['--env', file, '--phone', '+815012345678']);
  remove();
  await sync();
});
afterAll(async () => {
  client.destroy();
  await Promise.all([s3, twilio, edge].map((server) => server.close()));
  await sandbox.stop();
});
afterEach(() => {
  wrong = {};
  process.chdir(home);
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function fileVariables(): Record<string, string> {
  return { ...sandbox.variables, S3_ENDPOINT: s3.endpoint, TWILIO_API_URL: twilio.endpoint };
}

async function sync(): Promise<void> {
  const { file, remove } = writeVariables({ ...fileVariables(), SYNC_QUIET_SECONDS: '0' });
  expect(await runVerb(syncCommand, ['--env', file])).toMatchObject({ code: 0 });
  remove();
}

async function run(given: Wrong, ...args: readonly string[]) {
  wrong = given;
  const changed = Object.entries({ ...fileVariables(), ...given.variables });
  const variables = changed.flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  const { file, remove } = writeVariables(Object.fromEntries(variables));
  if (given.folder !== undefined) process.chdir(given.folder);
  try {
    const all = ['--env', file, ...(given.args ?? []), ...args];
    return await runVerb(doctor, all, { environment: given.shell ?? {}, width: 80 });
  } finally {
    remove();
  }
}

const Line = v.object({ check: v.string(), status: v.string(), message: v.string() });

/** The line of each check. */
async function lines(given: Wrong) {
  const { out, ...rest } = await run(given, '--json');
  const all = out.trimEnd().split('\n');
  const last = v.parse(v.record(v.string(), v.number()), JSON.parse(all.pop() ?? ''));
  return { ...rest, out, last, lines: all.map((line) => v.parse(Line, JSON.parse(line))) };
}

/** A folder of this project with another call flow. */
function projectWith(flow: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  folders.push(folder);
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'assets', 'call-flow.private.json'), flow);
  writeFileSync(join(folder, 'package.json'), '{"name":"twilio-s3-play"}');
  return folder;
}

const isSigned = ({ headers, path }: ReceivedRequest) =>
  headers.authorization !== undefined || path.includes('X-Amz-Signature');
const isList = ({ path }: ReceivedRequest) => path.includes('list-type');
const isPresigned = ({ path }: ReceivedRequest) => path.includes('X-Amz-Signature');
const isOfTwilio = ({ headers }: ReceivedRequest) =>
  headers['user-agent']?.startsWith('TwilioProxy') === true;

const denied = s3Error(403, 'AccessDenied');

const isBuild = ({ path, method }: ReceivedRequest) =>
  method === 'GET' && /\/Builds\/ZB\w+$/.test(path);

/** For each check: what goes wrong, and what its line then is. */
const FAULTS: readonly (readonly [
  check: string,
  what: string,
  status: 'warn' | 'fail',
  message: RegExp,
  wrong: () => Wrong,
])[] = [
  [
    'variables',
    'a line that the deployer reads otherwise',
    'fail',
    /another way than they look:\n {2}line \d+.*OPERATOR_NUMBER/,
    () => ({ variables: { OPERATOR_NUMBER: '+815012345678 # me' } }),
  ],
  [
    'variables',
    'a file that is not there',
    'fail',
    /^There is no file/,
    () => ({ args: ['--env', '/nowhere/env'] }),
  ],
  [
    'variables',
    'another value in the shell',
    'warn',
    /other values than .* for S3_PREFIX: deploy and configure take the file's/,
    () => ({ shell: { S3_PREFIX: '' } }),
  ],
  [
    'configuration',
    'a malformed variable',
    'fail',
    /AUDIO_VISIBILITY must be public or protected/,
    () => ({ variables: { AUDIO_VISIBILITY: 'secret' } }),
  ],
  [
    'configuration',
    'a secret that is too short',
    'warn',
    /ADMIN_SECRET is shorter than 32 characters/,
    () => ({ variables: { ADMIN_SECRET: 'short' } }),
  ],
  [
    'variable sizes',
    'a value that Twilio refuses',
    'fail',
    /450 bytes at most: OTHER has 451\./,
    () => ({ variables: { OTHER: 'x'.repeat(451) } }),
  ],
  [
    'call flow',
    'a flow that is no JSON',
    'fail',
    /is not JSON/,
    () => ({ folder: projectWith('{') }),
  ],
  [
    'clock',
    'a clock that S3 soon refuses',
    'warn',
    /^The clock here is (10 minutes|9 minutes 5\d seconds|10 minutes \d seconds?) ahead of S3's/,
    () => ({ s3: dated(-10) }),
  ],
  [
    'clock',
    'a clock that S3 refuses',
    'fail',
    /behind S3's, and S3 refuses every request/,
    () => ({ s3: dated(20) }),
  ],
  [
    'credentials',
    'a role that cannot be assumed',
    'fail',
    /Asking STS for arn:aws:iam::123456789012:role\/prompts/,
    () => ({
      variables: {
        S3_ROLE_ARN: 'arn:aws:iam::123456789012:role/prompts',
        S3_CREDENTIALS_ENDPOINT: edge.endpoint,
      },
      edge: () => ({ kind: 'reply', status: 404, headers: {}, body: '' }),
    }),
  ],
  [
    'region',
    'another region',
    'fail',
    /^The bucket is in us-east-1, and S3_REGION is eu-west-9\. Set S3_REGION=us-east-1\./,
    () => ({ variables: { S3_REGION: 'eu-west-9' } }),
  ],
  [
    'ListBucket',
    'a key that was rotated',
    'fail',
    /403 InvalidAccessKeyId\. Check S3_ACCESS_KEY_ID/,
    () => ({ variables: { S3_ACCESS_KEY_ID: 'AKIAI44QH8DHBEXAMPLE' } }),
  ],
  [
    'ListBucket',
    'a prefix with a typo',
    'fail',
    /^S3 lists no object in bucket phone-prompts under promts\/\. Check S3_BUCKET and S3_PREFIX\./,
    () => ({ variables: { S3_PREFIX: 'promts/' } }),
  ],
  [
    'GetObject',
    'a policy that denies it',
    'fail',
    /^Reading prompts\/.* 403 AccessDenied\. Allow s3:GetObject/,
    () => ({ s3: (it) => (isList(it) || !isSigned(it) ? undefined : denied) }),
  ],
  [
    'private bucket',
    'an object that is public',
    'fail',
    /^Everybody can read prompts\//,
    () => ({ s3: (it) => (isSigned(it) || isList(it) ? undefined : audio) }),
  ],
  [
    'private bucket',
    'a list that is public',
    'fail',
    /^Everybody can list the bucket/,
    () => ({ s3: (it) => (isSigned(it) ? undefined : isList(it) ? audio : denied) }),
  ],
  [
    'presigned URL',
    'a bucket policy against presigned URLs',
    'fail',
    /^S3 answers 403 AccessDenied to a presigned URL/,
    () => ({ s3: (it) => (isPresigned(it) ? denied : undefined) }),
  ],
  [
    'with parameter',
    'a gateway that chokes on it',
    'fail',
    /^S3 answers 500 to a presigned URL with an appended parameter/,
    () => ({
      s3: (it) =>
        it.path.includes('CallSid')
          ? { kind: 'reply', status: 500, headers: {}, body: '' }
          : undefined,
    }),
  ],
  [
    'signed header',
    'a proxy that takes headers away',
    'fail',
    /^S3 answers 403 AccessDenied to the request that the proxy sends/,
    () => ({
      s3: (it) => (isOfTwilio(it) && it.headers.authorization && !isList(it) ? denied : undefined),
    }),
  ],
  [
    'prompts',
    'a prompt that was deleted',
    'fail',
    /^The bucket has no prompts\/menu\.mp3 under prompts\/, which the call flow names in menus\.main\.prompt: .* Did you mean prompts\/menus\.mp3\?$/,
    () => ({
      s3: (it) =>
        isList(it) ? changedText((text) => text.replace('/menu.mp3', '/menus.mp3')) : undefined,
    }),
  ],
  [
    'playable',
    'an object that cannot be read',
    'fail',
    /^Reading prompts\/menu\.mp3 .*AccessDenied/,
    () => ({ s3: (it) => (it.path.includes('/menu.mp3') ? denied : undefined) }),
  ],
  [
    'prompt sizes',
    'a prompt that only an Asset can hold',
    'warn',
    /^The proxy carries 4 MB at most, .* prompts\/menu\.mp3 \(5 MB\) until a sync/,
    () => ({ s3: sized(5_000_000) }),
  ],
  [
    'prompt sizes',
    'a prompt that no call can play',
    'fail',
    /^An Asset has 25 MB at most, so callers hear the text of prompts\/menu\.mp3 \(26 MB\)/,
    () => ({ s3: sized(26_000_000) }),
  ],
  [
    'Twilio account',
    'another token',
    'fail',
    /^Listing the Services: Twilio answered 401 .* Check ACCOUNT_SID and AUTH_TOKEN/,
    () => ({ variables: { AUTH_TOKEN: 'another' } }),
  ],
  [
    'Services',
    'almost as many as Twilio allows',
    'warn',
    /^46 of 50 that an account may have\. Remove/,
    () => ({ twilio: (it) => (/\/Services\?/.test(it.path) ? moreServices(45) : undefined) }),
  ],
  [
    'environment',
    'an environment that is not there',
    'fail',
    /has no environment "live": deploy the project first/,
    () => ({ args: ['--environment', 'live'] }),
  ],
  [
    'live Build',
    'a deploy of a folder that was not built',
    'fail',
    /^The live Build has no Functions/,
    () => ({ twilio: changedBuild(() => ({ function_versions: [] })) }),
  ],
  [
    'live Build',
    'an environment without a Build',
    'fail',
    /^Nothing was ever deployed there\. Run: npm run deploy -- --environment dev --env/,
    () => ({
      twilio: (it) =>
        /\/Environments\?/.test(it.path)
          ? changedText((text) => text.replace(/"build_sid":"\w+"/, '"build_sid":null'))
          : undefined,
    }),
  ],
  [
    'on Twilio',
    'variables of which the deployment has other values',
    'warn',
    /^The deployment has AUDIO_CACHE_MB not at all; ADMIN_SECRET, which .* does not set\. Run: npm run configure -- /,
    () => ({ variables: { AUDIO_CACHE_MB: '16', ADMIN_SECRET: undefined } }),
  ],
  [
    'on Twilio',
    'a key that was rotated in the file alone',
    'warn',
    /^The deployment has S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY with another value than in /,
    () => ({
      variables: {
        S3_ACCESS_KEY_ID: 'AKIAI44QH8DHBEXAMPLE',
        S3_SECRET_ACCESS_KEY: 'je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY',
      },
    }),
  ],
  [
    'runtime',
    'a runtime that has ended',
    'fail',
    /^Twilio does not build for node18 any more: set runtime to 'node22'/,
    () => ({ twilio: changedBuild(() => ({ runtime: 'node18' })) }),
  ],
  [
    'runtime',
    'a handler that Twilio does not have',
    'fail',
    /does not have @twilio\/runtime-handler 2\.1\.0\. Run npm install/,
    () => ({
      twilio: changedBuild(() => ({
        dependencies: [{ name: '@twilio/runtime-handler', version: '2.1.0' }],
      })),
    }),
  ],
  [
    'Assets',
    'almost as many as a Build may hold',
    'warn',
    /^9\d\d of 1000 that a Build may have/,
    () => ({
      twilio: changedBuild(({ asset_versions }) => ({
        asset_versions: [
          ...v.parse(v.array(Json), asset_versions),
          ...Array.from({ length: 900 }, (_, index) => otherAsset(index)),
        ],
      })),
    }),
  ],
  [
    'Assets and S3',
    'a prompt that is left out from now on',
    'warn',
    /^They differ: a new Build to publish\. Run: npm run sync -- --environment dev --env/,
    () => ({ variables: { SYNC_EXCLUDE: 'menu.mp3' } }),
  ],
  [
    'Assets and S3',
    'a bucket that lost most of its prompts',
    'fail',
    /prompts are not selected by the globs/,
    () => ({ variables: { SYNC_INCLUDE: 'menu.mp3' } }),
  ],
  [
    'number',
    'a number without a fallback URL',
    'fail',
    /^\+815012345678: voiceFallbackUrl not as they should be\. Run: npm run number -- /,
    () => ({
      twilio: (it) =>
        it.path.includes('/IncomingPhoneNumbers')
          ? changedText((text) =>
              text.replace(/"voice_fallback_url":"[^"]+"/, '"voice_fallback_url":""'),
            )
          : undefined,
    }),
  ],
  [
    'number',
    'a number without connection overrides',
    'warn',
    /^\+815012345678 without connection overrides: .* for 15 s\. Run: npm run number -- /,
    () => ({
      twilio: (it) =>
        it.path.includes('/IncomingPhoneNumbers')
          ? changedText((text) => text.replace(/#ct=[^"]+/, ''))
          : undefined,
    }),
  ],
  [
    'number',
    'a number that is not of the account',
    'fail',
    /^The account has no number \+12025550143\./,
    () => ({ args: ['--phone', '+12025550143'] }),
  ],
  [
    'number',
    'no number that leads there',
    'warn',
    /^No number of the account \(it has 1\) leads to http:\/\/127\.0\.0\.1:\d+\. Run: npm run number/,
    () => ({
      twilio: (it) =>
        it.path.includes('/IncomingPhoneNumbers')
          ? changedText((text) => text.replaceAll(edge.endpoint, 'https://example.com'))
          : undefined,
    }),
  ],
  [
    'webhook Rules',
    'a Rule for all webhooks',
    'warn',
    /^DEFAULT applies to the deployment's webhooks\./,
    () => ({
      twilio: (it) =>
        it.path.startsWith('/v1/Webhooks/Rules')
          ? json(JSON.stringify({ rules: [{ matchType: 'DEFAULT', settings: [] }] }))
          : undefined,
    }),
  ],
  [
    'unsigned calls',
    'a Function that everybody can use',
    'fail',
    /^Strangers can use \/voice \(200\)/,
    () => ({ edge: (it) => (it.path === '/voice' ? audio : undefined) }),
  ],
  [
    'unsigned calls',
    'a Function that is broken',
    'fail',
    /not refused: \/sync \(500\)/,
    () => ({
      edge: (it) =>
        it.path === '/sync' ? { kind: 'reply', status: 500, headers: {}, body: '' } : undefined,
    }),
  ],
  [
    'audio proxy',
    'a deployment whose key was rotated',
    'fail',
    /^\/audio answers 502 for prompts\/.*: the deployment cannot read it, and its S3 variables/,
    () => ({
      edge: (it) =>
        it.path.startsWith('/audio')
          ? { kind: 'reply', status: 502, headers: {}, body: '' }
          : undefined,
    }),
  ],
  [
    'audio proxy',
    'a deployment of another bucket',
    'fail',
    /^\/audio answers 403 for prompts\/.*: the deployment has another S3_BUCKET or S3_PREFIX than this folder/,
    () => ({
      edge: (it) =>
        it.path.startsWith('/audio')
          ? { kind: 'reply', status: 403, headers: {}, body: '' }
          : undefined,
    }),
  ],
];

const audio: Fault = {
  kind: 'reply',
  status: 200,
  headers: { 'content-type': 'audio/mpeg' },
  body: 'audio',
};

/** S3's clock is this far ahead. */
const dated =
  (minutes: number): Choose =>
  () => ({
    kind: 'changed',
    headers: { date: new Date(Date.now() + minutes * 60_000).toUTCString() },
  });

/** The listing has another size of one prompt. */
const sized =
  (bytes: number): Choose =>
  (it) =>
    isList(it)
      ? changedText((text) => text.replace(/(\/menu\.mp3<\/Key>.*?<Size>)\d+/s, `$1${bytes}`))
      : undefined;

const moreServices = (count: number): Fault =>
  changedJson(({ services, ...page }) => {
    const [first] = v.parse(v.array(Json), services);
    const others = Array.from({ length: count }, (_, index) => ({
      ...first,
      sid: `ZS${String(index).padStart(32, '0')}`,
      unique_name: `other-${index}`,
    }));
    return { ...page, services: [first, ...others] };
  });

const changedBuild =
  (change: (build: v.InferOutput<typeof Json>) => object): Choose =>
  (it) =>
    isBuild(it) ? changedJson((build) => ({ ...build, ...change(build) })) : undefined;

const otherAsset = (index: number) => ({
  sid: `ZN${String(index).padStart(32, '0')}`,
  asset_sid: `ZH${String(index).padStart(32, '0')}`,
  path: `/other-${index}.mp3`,
  visibility: 'public',
});

describe('npm run doctor', () => {
  it('finds nothing wrong with a deployment that is synced and has a number', async () => {
    const { code, err, lines: all, last } = await lines({});
    expect(all.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(all.map(({ check }) => check)).toEqual(CHECKS.map(({ name }) => name));
    expect([code, err]).toEqual([0, '']);
    expect(last).toEqual({ ok: CHECKS.length, warn: 0, fail: 0, skipped: 0 });
  });

  it.each(FAULTS)('%s: says what to do about %s', async (name, _, status, message, fault) => {
    const { code, err, out, lines: all } = await lines(fault());
    expect(all.find(({ check }) => check === name)).toEqual({
      check: name,
      status,
      message: expect.stringMatching(message),
    });
    const hasFailed = all.some((line) => line.status === 'fail');
    expect([code, err]).toEqual([hasFailed ? 1 : 0, '']);
    const { S3_SECRET_ACCESS_KEY, AUTH_TOKEN, ADMIN_SECRET } = sandbox.variables;
    for (const secret of [S3_SECRET_ACCESS_KEY, AUTH_TOKEN, ADMIN_SECRET, 'X-Amz-Signature']) {
      expect(out).not.toContain(secret);
    }
  });

  it('has a line that goes wrong for each check', () => {
    const faulty = new Set(FAULTS.map(([name]) => name));
    expect(CHECKS.map(({ name }) => name).filter((name) => !faulty.has(name))).toEqual([]);
  });

  it('names the first check that failed where others need it', async () => {
    const { lines: all } = await lines({ variables: { S3_BUCKET: undefined } });
    const skipped = all.filter(({ status }) => status === 'skipped');
    expect(skipped.map(({ check }) => check)).toEqual([
      'clock',
      'credentials',
      'region',
      'ListBucket',
      'GetObject',
      'private bucket',
      'presigned URL',
      'with parameter',
      'signed header',
      'prompts',
      'playable',
      'prompt sizes',
      'Assets and S3',
      'audio proxy',
    ]);
    expect(new Set(skipped.map(({ message }) => message))).toEqual(
      new Set(['not asked: first see configuration']),
    );
  });

  it('says once that no object can be read, not for each prompt', async () => {
    const { lines: all } = await lines({
      s3: (it) => (isList(it) || !isSigned(it) ? undefined : denied),
    });
    expect(all.find(({ check }) => check === 'playable')).toMatchObject({
      status: 'skipped',
      message: 'not asked: first see GetObject',
    });
  });

  it('finds a text file that has the name of a recording', async () => {
    const { S3_BUCKET: Bucket, S3_PREFIX } = sandbox.variables;
    const put = (Body: Buffer | string) =>
      client.send(new PutObjectCommand({ Bucket, Key: `${S3_PREFIX}menu.mp3`, Body }));
    await put('These are the words of the menu.');
    const { lines: all } = await lines({});
    await put(readFileSync(join(promptFolder, 'menu.mp3')));
    expect(all.filter(({ status }) => status !== 'ok').map((line) => Object.values(line))).toEqual([
      [
        'playable',
        'fail',
        'prompts/menu.mp3 is not audio that Twilio plays (MP3, WAV or AIFF): callers hear its text, after the next sync at the latest. Replace it.',
      ],
      [
        'Assets and S3',
        'warn',
        expect.stringMatching(/^They differ: 1 prompt to upload \(prompts\/menu\.mp3\)\. Run/),
      ],
    ]);
  });

  it('asks nothing that could change anything', async () => {
    const before = [s3, twilio, edge].map(({ requests }) => requests.length);
    await run({});
    const sent = [s3, twilio, edge].map(({ requests }, index) =>
      requests.slice(before[index]).filter(({ method }) => method !== 'GET'),
    );
    expect(sent.map((requests) => requests.map(({ method, path }) => `${method} ${path}`))).toEqual(
      [[], [], ['POST /fallback', 'POST /menu', 'POST /sync', 'POST /voice']],
    );
  });

  it('fits a screen of 80 columns', async () => {
    const { out } = await run({});
    const all = out.split('\n');
    expect(all.filter(({ length }) => length > 80)).toEqual([]);
    expect(all.length).toBeLessThan(45);
    expect(out).toMatch(/^ok {4}variables {7}\S+/);
    expect(out).toMatch(/\n\n28 ok\n$/);
  });

  it.each<[string, Fault]>([
    ['are not offered', json('{}', 404)],
    ['are refused', json('{}', 401)],
    ['have another form', json('{"rules":{}}')],
    ['cannot be reached', { kind: 'reset', afterBytes: 0 }],
  ])('fails for no Rules that %s', async (_, fault) => {
    const rules = (it: ReceivedRequest) => it.path.startsWith('/v1/Webhooks/Rules');
    const { code, lines: all } = await lines({ twilio: (it) => (rules(it) ? fault : undefined) });
    const [line, ...others] = all.filter(({ status }) => status !== 'ok');
    expect(line).toMatchObject({ check: 'webhook Rules', status: 'skipped' });
    expect([code, others]).toEqual([0, []]);
  });

  it('says of a server that does not answer which one it is', async () => {
    const { lines: all } = await lines({ variables: { S3_ENDPOINT: 'http://127.0.0.1:1' } });
    expect(all.find(({ check }) => check === 'clock')).toEqual({
      check: 'clock',
      status: 'fail',
      message:
        'GET "http://127.0.0.1:1/phone-prompts/": nothing answers at that address (ECONNREFUSED).',
    });
  }, 20_000);

  it('refuses an option that it does not know', async () => {
    expect(await run({}, '--fix')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--fix'),
    });
  });
});
