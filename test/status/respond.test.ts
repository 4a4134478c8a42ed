import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import * as v from 'valibot';
import { type S3Server, startS3 } from '../../sandbox/s3';
import { readConfig } from '../../src/config';
import { FUNCTION_PAYLOAD_BYTES } from '../../src/limits';
import { decodeManifest, isManifestPath } from '../../src/manifest';
import { resultOf } from '../../src/result';
import type { FunctionResponse } from '../../src/runtime';
import { type OwnFiles, respondToStatus, type Times } from '../../src/status/respond';
import { type StatusResponse, statusResponse } from '../../src/status/response';
import { DEFAULTS, sync as run, type SyncEvent } from '../../src/sync';
import { respondToSync, sliceSettings } from '../../src/sync/slice';
import {
  type FaultServer,
  S3_ERROR_MESSAGE,
  s3Error,
  startFaultServer,
} from '../helpers/fault-server';
import { AUTH_TOKEN } from '../helpers/sandbox/twilio-harness';
import { audio } from '../helpers/sync/rig';
import {
  type Account,
  answering,
  authorized,
  contextOf,
  openAccount,
  openDeployedAccount,
  SECRET,
  silence,
} from '../helpers/twilio/account';

const KEYS = ['a.mp3', 'b.mp3', 'c.mp3'];

let s3: S3Server;
/** Leads to it. */
let s3Wire: FaultServer;
let client: S3Client;
const put = (Bucket: string, Key: string, Body = audio(Key)) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body }));
beforeAll(async () => {
  s3 = await startS3({ buckets: ['prompts', 'empty', 'one', 'changing', 'many'] });
  s3Wire = await startFaultServer(s3.endpoint);
  client = new S3Client({ ...s3, forcePathStyle: true });
  for (const key of KEYS) {
    await put('prompts', key);
    await put('changing', key);
  }
  await put('one', 'a.mp3');
});
afterAll(async () => {
  client.destroy();
  await s3Wire.close();
  await s3.stop();
});

const logged: Record<string, unknown>[] = [];
beforeEach(() => {
  s3Wire.next();
  s3Wire.requests.length = 0;
  logged.length = 0;
  for (const level of ['error', 'warn', 'info'] as const) {
    jest.spyOn(console, level).mockImplementation((line) => {
      logged.push(JSON.parse(String(line)));
    });
  }
});
afterAll(() => {
  jest.restoreAllMocks();
});

const FLOW = JSON.stringify({
  start: { action: 'menu', menu: 'main' },
  menus: {
    main: {
      prompt: { key: 'a.mp3', text: 'For hours, press 1.' },
      digits: { '1': { action: 'play', prompt: { key: 'b.mp3', text: 'From 9 to 5.' } } },
    },
  },
  farewell: { key: 'c.mp3', text: 'Goodbye.' },
});
const own = (changes: Partial<OwnFiles> = {}): OwnFiles => ({
  flow: FLOW,
  manifest: undefined,
  ...changes,
});

/** S3 is reached over the wire whose faults a test sets. */
const contextOverWire = (account: Account) =>
  contextOf(account, { ...s3, endpoint: s3Wire.endpoint });

interface Ask extends Partial<Times> {
  readonly context?: Record<string, unknown>;
  readonly headers?: Record<string, string>;
  readonly files?: OwnFiles;
}

/** Nothing of these may be in a response or in the log. */
function expectNoSecret(text: string): void {
  const { secretAccessKey, accessKeyId } = s3.credentials;
  for (const secret of [SECRET, AUTH_TOKEN, secretAccessKey, accessKeyId, S3_ERROR_MESSAGE]) {
    expect(text).not.toContain(secret);
  }
  expect(text).not.toMatch(/X-Amz-|Signature=|<Error>|\bat \S+ ?\(|node_modules|\.ts:/);
}

async function request(
  account: Account,
  { context, headers = authorized, files = own(), ...times }: Ask = {},
): Promise<FunctionResponse> {
  const whole = { ...contextOverWire(account), ...context };
  const response = await respondToStatus({ context: whole, headers }, files, {
    listingMs: 2000,
    askingMs: 2000,
    requestMs: 2000,
    ...times,
  });
  expect(response.headers['Cache-Control']).toBe('no-store');
  expectNoSecret(JSON.stringify([response, logged]));
  return response;
}

/** The status, as the console reads it. */
async function ask(account: Account, asking: Ask = {}): Promise<StatusResponse> {
  const { status, headers, body } = await request(account, asking);
  expect([status, headers['Content-Type']]).toEqual([200, 'application/json']);
  return v.parse(statusResponse, JSON.parse(JSON.stringify(body)));
}

/** Syncs a minute later, and returns the files that a Function of the live Build has. */
async function sync(account: Account, context: Record<string, unknown> = {}): Promise<OwnFiles> {
  account.api.clock.time += 60_000;
  const whole = { ...contextOverWire(account), ...context };
  const asked = { context: whole, event: { force: true }, headers: authorized };
  expect(await respondToSync(asked, FLOW)).toMatchObject({ status: 200 });
  s3Wire.requests.length = 0;
  account.requests.length = 0;
  logged.length = 0;
  const build = account.api.twilio.liveBuild(account.environment);
  const manifest = build?.functions.find(({ path }) => isManifestPath(path));
  return own({ manifest: decodeManifest(manifest?.content.toString() ?? '') });
}

const stateOf = ({ prompts }: StatusResponse) =>
  Object.fromEntries(prompts.map(({ key, state }) => [key, state]));

describe('/status', () => {
  it('tells a deployment without a sync: the proxy plays all, and the next sync uploads them', async () => {
    const account = await openDeployedAccount();
    const status = await ask(account);
    expect(status).toMatchObject({
      domain: 'name-1234-dev.twil.io',
      live: { buildSid: expect.stringMatching(/^ZB/), by: 'toolkit', prompts: 0 },
      bucket: { name: 'prompts', prefix: '' },
      counts: { asset: 0, proxy: 3, spoken: 0, missing: 0, unused: 0 },
      nextSync: { upload: 3, build: true },
      deployments: [{ by: 'toolkit', changes: ['the first one'] }],
    });
    expect(status.prompts.map(({ next }) => next)).toEqual(['upload', 'upload', 'upload']);
    expect(status.flow.nodes.length).toBeGreaterThan(2);
    expect([status.twilioProblem, status.bucket.problem, status.flow.problem]).toEqual([]);
  });

  it('tells what is live after syncs, what each changed, and a replaced prompt', async () => {
    const account = await openDeployedAccount();
    const context = { S3_BUCKET: 'changing' };
    await sync(account, context);
    await put('changing', 'a.mp3', audio('another a'));
    await put('changing', 'b.mp3', audio('another b'));
    const files = await sync(account, context);
    await put('changing', 'a.mp3', audio('a third a'));
    const status = await ask(account, { context, files });
    expect(status).toMatchObject({
      live: { by: 'sync', prompts: 3, since: '2026-01-02T03:06:05.000Z' },
      counts: { asset: 3 },
      nextSync: { upload: 1, build: true },
      deployments: [
        { by: 'sync', changes: ['2 prompts replaced'] },
        { by: 'sync', changes: ['3 prompts added'] },
        { by: 'toolkit', changes: ['the first one'] },
      ],
    });
    const since = Object.fromEntries(status.prompts.map((prompt) => [prompt.key, prompt.since]));
    expect(since).toEqual({
      'a.mp3': { at: '2026-01-02T03:06:05.000Z', atLeast: false },
      'b.mp3': { at: '2026-01-02T03:06:05.000Z', atLeast: false },
      'c.mp3': { at: '2026-01-02T03:05:05.000Z', atLeast: false },
    });
    const [a] = status.prompts;
    expect(a).toMatchObject({ key: 'a.mp3', next: 'replace', heardAt: expect.anything() });
    expect(a?.storedAt).toMatch(/^\/audio\?key=a\.mp3&exp=/);
  });

  it('tells what is live, though the process that answers is of the Build before', async () => {
    const account = await openDeployedAccount();
    await sync(account);
    expect((await ask(account, { files: own() })).counts).toMatchObject({ asset: 3, proxy: 0 });
    account.refuse = () => answering(500);
    const { counts } = await ask(account, { files: own(), askingMs: 300 });
    expect(counts).toMatchObject({ asset: 0, proxy: 3 });
  });

  it('tells what a guard would stop, with the numbers', async () => {
    const account = await openDeployedAccount();
    const files = await sync(account);
    const status = await ask(account, { files, context: { S3_BUCKET: 'one' } });
    expect(status.nextSync?.guard).toEqual({
      sentence: expect.stringContaining('2 of 3 prompts vanished from bucket one (b.mp3, c.mp3)'),
      vanishing: 2,
      known: 3,
    });
    expect(stateOf(status)).toEqual({ 'a.mp3': 'asset', 'b.mp3': 'missing', 'c.mp3': 'missing' });
  });

  it.each(['prompts', 'one', 'empty'])(
    'foresees what a dry run of /sync plans for %s',
    async (bucket) => {
      const account = await openDeployedAccount();
      const files = await sync(account);
      const context = { S3_BUCKET: bucket };
      const config = readConfig({
        ...contextOverWire(account),
        ...context,
      });
      const target = { service: account.service, environment: account.environment };
      const settings = {
        ...DEFAULTS,
        ...sliceSettings(config),
        flow: FLOW,
        dryRun: true,
        force: true,
      };
      const events: SyncEvent[] = [];
      await resultOf(run(config, target, settings), (event) => events.push(event));
      const { nextSync } = await ask(account, { files, context });
      const { guard: _, ...planned } = nextSync ?? { guard: undefined };
      expect(events[0]).toEqual({ type: 'planned', keep: expect.any(Number), ...planned });
    },
  );

  it('tells an empty bucket', async () => {
    const account = await openDeployedAccount();
    const files = await sync(account);
    const status = await ask(account, { files, context: { S3_BUCKET: 'empty' } });
    expect(status.nextSync?.guard).toMatchObject({ vanishing: 3, known: 3 });
    expect(status.counts).toEqual({ asset: 0, proxy: 0, spoken: 0, missing: 3, unused: 0 });
    expect(status.bucket).toEqual({ name: 'empty', prefix: '' });
  });

  it('asks S3 and Twilio for each thing once, and nothing that could change anything', async () => {
    const account = await openDeployedAccount();
    const files = await sync(account);
    await ask(account, { files });
    expect(s3Wire.requests.filter(({ path }) => path.includes('list-type'))).toHaveLength(1);
    expect(account.requests.length).toBeGreaterThan(3);
    expect(new Set(account.requests).size).toBe(account.requests.length);
    const methods = [...account.requests, ...s3Wire.requests.map(({ method }) => method)];
    expect(methods.filter((each) => !each.startsWith('GET'))).toEqual([]);
  });

  it('tells a bucket of 100,000 keys, and what calls play of it', async () => {
    for (let at = 0; at < 100_000; at++) s3.store.put('many', `${at}.mp3`, Buffer.of(at));
    s3.store.put('many', 'b.mp3', audio('b'));
    const context = { S3_BUCKET: 'many', S3_ENDPOINT: s3.endpoint };
    const status = await ask(await openDeployedAccount(), { context, listingMs: 60_000 });
    expect(status.prompts.length + status.leftOut).toBe(100_003);
    expect(status.counts).toEqual({
      asset: 0,
      proxy: 100_001,
      spoken: 0,
      missing: 2,
      unused: 100_000,
    });
    const { 'a.mp3': a, 'b.mp3': b, 'c.mp3': c } = stateOf(status);
    expect([a, b, c]).toEqual(['missing', 'proxy', 'missing']);
    expect(status.nextSync).toMatchObject({ build: true });
    expect(JSON.stringify(status).length).toBeLessThan(FUNCTION_PAYLOAD_BYTES / 3);
  });

  it('says what S3 answers in place of an object', async () => {
    const account = await openDeployedAccount();
    s3Wire.always({ kind: 'none' });
    const files = await sync(account);
    const denied = await startFaultServer(s3.endpoint, {
      choose: ({ path }) =>
        path.startsWith('/changing/a.mp3') ? s3Error(403, 'AccessDenied') : undefined,
    });
    await put('changing', 'a.mp3', audio('a fourth a'));
    const context = { S3_BUCKET: 'changing', S3_ENDPOINT: denied.endpoint };
    const status = await ask(account, { files, context });
    await denied.close();
    expect(status.bucket).not.toHaveProperty('problem');
    expect(status.prompts[0]).toMatchObject({
      key: 'a.mp3',
      state: 'asset',
      problem: expect.stringMatching(
        /^Callers hear its earlier recording, because .*\. S3 answered 403 AccessDenied\. Allow s3:GetObject/,
      ),
    });
    expect(status.prompts[0]).not.toHaveProperty('next');
    expect(status.nextSync).toMatchObject({ skip: 1 });
  });
});

describe('/status with one side down', () => {
  it.each<[string, () => void, Ask, RegExp]>([
    [
      'refuses the key',
      () => {},
      { context: { S3_ACCESS_KEY_ID: 'AKIAI44QH8DHBEXAMPLE' } },
      /^Listing bucket prompts: S3 answered 403 InvalidAccessKeyId\. Check S3_ACCESS_KEY_ID/,
    ],
    [
      'breaks the connection',
      () => s3Wire.always({ kind: 'reset', afterBytes: 0 }),
      { listingMs: 300 },
      /^Listing bucket prompts: S3 could not be reached: /,
    ],
    [
      'hangs',
      () => s3Wire.always({ kind: 'stall', afterBytes: 0 }),
      { listingMs: 300, requestMs: 300 },
      /did not answer to the end in 300 ms/,
    ],
    [
      'answers with a page to sign in',
      () =>
        s3Wire.always({
          kind: 'reply',
          status: 200,
          headers: { 'content-type': 'text/html' },
          body: '<html>Sign in</html>',
        }),
      { listingMs: 300 },
      /which is not S3's/,
    ],
    [
      'has no such bucket',
      () => {},
      { context: { S3_BUCKET: 'nowhere' } },
      /S3 answered 404 NoSuchBucket/,
    ],
    [
      'has more than it lists in time',
      () => {},
      { listingMs: 0 },
      /^S3 did not list the whole bucket in time/,
    ],
  ])('tells what Twilio has where S3 %s', async (_, breakIt, asking, problem) => {
    const account = await openDeployedAccount();
    const files = await sync(account);
    breakIt();
    const status = await ask(account, { files, ...asking });
    expect(status).toMatchObject({
      live: { prompts: 3, by: 'sync' },
      bucket: { problem: expect.stringMatching(problem) },
      counts: { asset: 3 },
      deployments: [{ by: 'sync' }, { by: 'toolkit' }],
    });
    expect(status).not.toHaveProperty('nextSync');
    expect(status.prompts.every(({ heardAt }) => heardAt?.startsWith('/audio/'))).toBe(true);
    expect(logged).toEqual([
      {
        level: 'warn',
        event: 'status-incomplete',
        function: 'status',
        message: status.bucket.problem,
      },
    ]);
  });

  it.each<[string, (account: Account) => void, Ask, RegExp]>([
    [
      'refuses the token',
      () => {},
      { context: { AUTH_TOKEN: 'a wrong one' } },
      /Twilio answered 401.*Check ACCOUNT_SID and AUTH_TOKEN/,
    ],
    [
      'is broken',
      (account) => {
        account.refuse = () => answering(500);
      },
      { askingMs: 300 },
      /Twilio answered 500/,
    ],
    [
      'hangs',
      (account) => {
        account.refuse = () => silence;
      },
      { askingMs: 300, requestMs: 300 },
      /no response within 0\.3 s/,
    ],
    ['has no time', () => {}, { askingMs: 0 }, /^Twilio did not answer everything in time/],
    ['is not named', () => {}, { context: { SERVICE_SID: undefined } }, /SERVICE_SID/],
    ['has no token', () => {}, { context: { AUTH_TOKEN: undefined } }, /AUTH_TOKEN/],
  ])(
    "tells S3 and the Function's own Build where Twilio's API %s",
    async (_, breakIt, asking, problem) => {
      const account = await openDeployedAccount();
      const files = await sync(account);
      breakIt(account);
      const status = await ask(account, { files, ...asking });
      expect(status).toMatchObject({
        twilioProblem: expect.stringMatching(problem),
        counts: { asset: 3, missing: 0 },
        deployments: [],
      });
      expect(status).not.toHaveProperty('live');
      expect(status).not.toHaveProperty('nextSync');
      expect(status.bucket).not.toHaveProperty('problem');
      expect(status.prompts.map(({ object }) => object !== undefined)).toEqual([true, true, true]);
      expect(logged).toMatchObject([{ event: 'status-incomplete', message: status.twilioProblem }]);
    },
  );

  it('says that no object can be read, though S3 lists them', async () => {
    const account = await openDeployedAccount();
    const files = await sync(account);
    const denied = await startFaultServer(s3.endpoint, {
      choose: ({ path }) => (path.includes('list-type') ? undefined : s3Error(403, 'AccessDenied')),
    });
    const status = await ask(account, { files, context: { S3_ENDPOINT: denied.endpoint } });
    await denied.close();
    expect(status.bucket.problem).toMatch(
      /^Reading \w\.mp3 from bucket prompts: S3 answered 403 AccessDenied\. Allow s3:GetObject/,
    );
    expect(status).not.toHaveProperty('nextSync');
    expect(status).toMatchObject({ counts: { asset: 3 }, prompts: [{ object: {} }, {}, {}] });
  });

  it('tells the prompts where both are down', async () => {
    const account = await openDeployedAccount();
    const files = await sync(account);
    account.refuse = () => answering(500);
    s3Wire.always(s3Error(503, 'SlowDown'));
    const status = await ask(account, { files, listingMs: 300, askingMs: 300 });
    expect(status).toMatchObject({
      twilioProblem: expect.any(String),
      bucket: { problem: expect.stringContaining('S3 answered 503 SlowDown') },
      counts: { asset: 3 },
    });
    expect(logged).toHaveLength(2);
  });

  it('says that nothing is live', async () => {
    const status = await ask(await openAccount());
    expect(status.twilioProblem).toBe(
      'Nothing is live in this environment: deploy the project first.',
    );
  });

  it.each<[string, string | undefined, string]>([
    ['is not there', undefined, 'The deployment has no call flow: assets/'],
    ['is no JSON', '{', 'is not JSON'],
    ['is not valid', '{"start":{"action":"menu","menu":"none"}}', 'is not valid:'],
  ])('tells the bucket where the call flow %s', async (_, flow, problem) => {
    const status = await ask(await openDeployedAccount(), { files: own({ flow }) });
    expect(status.flow).toEqual({
      nodes: [],
      edges: [],
      problem: expect.stringContaining(problem),
    });
    expect(status.prompts.map(({ key, usedBy }) => [key, usedBy])).toEqual(
      KEYS.map((key) => [key, []]),
    );
    expect(status.counts).toMatchObject({ proxy: 3, unused: 0 });
  });

  it('answers 500, and names the variable, where it is not configured', async () => {
    const context = { S3_BUCKET: undefined };
    expect(await request(await openDeployedAccount(), { context })).toMatchObject({
      status: 500,
      body: expect.stringContaining('S3_BUCKET'),
    });
    expect(logged).toMatchObject([{ level: 'error', event: 'status-failed', function: 'status' }]);
  });
});

describe('/status without authorization', () => {
  it.each([undefined, '', 'a secret of thirty-one letters.'])(
    'is closed when ADMIN_SECRET is %j, and says what to set',
    async (secret) => {
      const account = await openDeployedAccount();
      const headers = { authorization: `Bearer ${secret}` };
      const context = { ADMIN_SECRET: secret };
      expect(await request(account, { context, headers })).toMatchObject({
        status: 503,
        body: expect.stringContaining('Set ADMIN_SECRET to 32'),
      });
      expect([...account.requests, ...s3Wire.requests]).toEqual([]);
    },
  );

  it('answers 401 alike to whatever is not the secret, and asks nobody', async () => {
    const account = await openDeployedAccount();
    const similar = fc.nat(SECRET.length).map((at) => `Bearer ${SECRET.slice(0, at)}`);
    const changed = fc
      .tuple(fc.nat(SECRET.length - 1), fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }))
      .filter(([at, character]) => SECRET[at] !== character)
      .map(([at, character]) => `Bearer ${SECRET.slice(0, at)}${character}${SECRET.slice(at + 1)}`);
    const schemes = fc
      .constantFrom('', 'Basic ', 'Bearer', 'Bearer  ', 'Bearer\t', 'Bearer, ', 'Token ')
      .map((scheme) => scheme + SECRET);
    const longer = fc.string({ minLength: 1 }).map((more) => `Bearer ${SECRET}${more}`);
    const wrong = fc.oneof(
      similar.filter((header) => header !== `Bearer ${SECRET}`),
      changed,
      schemes,
      longer,
      fc.string({ unit: 'binary' }),
    );
    const refusal = await request(account, { headers: {} });
    expect(refusal).toMatchObject({
      status: 401,
      headers: { 'WWW-Authenticate': 'Bearer' },
      body: 'This address needs authorization.',
    });
    await fc.assert(
      fc.asyncProperty(wrong, async (authorization) => {
        const headers = { authorization };
        const context = contextOverWire(account);
        expect(await respondToStatus({ context, headers }, own())).toEqual(refusal);
        expect(await respondToSync({ context, headers, event: {} }, FLOW)).toEqual(refusal);
      }),
    );
    expect([...account.requests, ...s3Wire.requests]).toEqual([]);
  });

  it('takes the scheme in any case', async () => {
    await ask(await openDeployedAccount(), { headers: { authorization: `bEARER ${SECRET}` } });
  });

  it('answers 401 before it says that it is not configured', async () => {
    const context = { S3_BUCKET: undefined };
    expect(await request(await openDeployedAccount(), { context, headers: {} })).toMatchObject({
      status: 401,
    });
  });
});
