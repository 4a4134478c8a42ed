import { readFileSync } from 'node:fs';
import { DeleteObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { status } from '../../../cli/status';
import { runSync, runVerb, type Variables, writeVariables } from '../../helpers/cli/commands';
import { type FaultServer, startFaultServer } from '../../helpers/fault-server';
import { nextSecond, publishFlow, serverless } from '../../helpers/sandbox/publish';
import { s3ClientOf } from '../../helpers/sandbox/s3-client';
import { startSandbox, type TestSandbox } from '../../helpers/sandbox/start-sandbox';

let sandbox: TestSandbox;
let s3: S3Client;
let twilio: FaultServer;
/** The Build of the toolkit: ZB… */
let deployedFirst: string;

beforeAll(async () => {
  sandbox = await startSandbox();
  s3 = s3ClientOf(sandbox.variables);
  twilio = await startFaultServer(sandbox.variables.TWILIO_API_URL);
});
afterAll(async () => {
  s3.destroy();
  await twilio.close();
  await sandbox.stop();
});

async function run(args: readonly string[] = [], changes: Variables = {}) {
  const variables = { ...sandbox.variables, TWILIO_API_URL: twilio.endpoint, ...changes };
  const { file, remove } = writeVariables(variables);
  try {
    const result = await runVerb(status, ['--env', file, ...args], { width: 80 });
    return { ...result, out: result.out.replaceAll(file, '<file>') };
  } finally {
    remove();
  }
}

/** The lines of a section, put together again where they were wrapped. */
function section(out: string, title: string): string[] {
  const part = out.split('\n\n').find((each) => each.startsWith(title)) ?? '';
  const lines = part
    .trimEnd()
    .replaceAll(/\n {4,}/g, ' ')
    .split('\n');
  return lines.slice(1).map((line) => line.trim());
}

async function put(name: string, Body: Buffer | string): Promise<void> {
  const { S3_BUCKET: Bucket, S3_PREFIX } = sandbox.variables;
  await s3.send(new PutObjectCommand({ Bucket, Key: S3_PREFIX + name, Body }));
}

async function remove(name: string): Promise<void> {
  const { S3_BUCKET: Bucket, S3_PREFIX } = sandbox.variables;
  await s3.send(new DeleteObjectCommand({ Bucket, Key: S3_PREFIX + name }));
}

const sync = () => runSync([], { ...sandbox.variables, SYNC_QUIET_SECONDS: '0' });

// Each test goes on from the one before.
describe('npm run status', () => {
  it('shows a deploy without a sync: what is no Asset goes through the proxy', async () => {
    const { code, err, out } = await run();
    [deployedFirst = ''] = /ZB\w+/.exec(out) ?? [];
    expect(section(out, 'Live at')).toEqual([
      expect.stringMatching(/^ZB[0-9a-f]{32}, since \d{4}-\d\d-\d\d \d\d:\d\d UTC$/),
      "made by Twilio's toolkit, without a sync: 9 Functions, 5 other Assets, 0 prompts",
    ]);
    expect(section(out, 'Assets and S3')).toEqual([
      expect.stringMatching(
        /^They differ: 8 prompts to upload \(.*, …\)\. Run: npm run sync -- --environment dev --env <file>$/,
      ),
    ]);
    expect(section(out, 'Prompts of the call flow')).toEqual([
      '0 as Assets, 8 through the proxy, 0 as words',
    ]);
    expect(section(out, 'The last deployments')).toEqual([
      expect.stringMatching(/^when \(UTC\) +Build +what changed$/),
      expect.stringMatching(/^\S+ \S+ {2}ZB\w{32} {2}the first one$/),
    ]);
    expect([code, err]).toEqual([0, '']);
  });

  it('shows a sync', async () => {
    await sync();
    const { code, out } = await run();
    expect(section(out, 'Live at')[1]).toBe(
      'made by a sync: 9 Functions, 5 other Assets, 8 prompts',
    );
    expect(section(out, 'Assets and S3')).toEqual(['equal: 8 prompts']);
    expect(section(out, 'Prompts of the call flow')).toEqual([
      '8 as Assets, 0 through the proxy, 0 as words',
    ]);
    expect(section(out, 'The last deployments')[1]).toMatch(/ 8 prompts added$/);
    expect(code).toBe(0);
  });

  it('names what the bucket lacks, what was meant, and what no call flow uses', async () => {
    await remove('menu.mp3');
    await put('menus.mp3', 'ID3 audio');
    const { code, out } = await run();
    expect(section(out, 'Prompts of the call flow')).toEqual([
      '8 as Assets, 0 through the proxy, 0 as words',
      'prompts/menu.mp3: the bucket does not have it, and the flow names it in menus.main.prompt: callers hear its Asset until the next sync, and then its text. Did you mean prompts/menus.mp3?',
    ]);
    expect(section(out, 'Not in the call flow')).toEqual(['prompts/menus.mp3']);
    expect(code).toBe(0);
  });

  it('says why callers hear words', async () => {
    await remove('menus.mp3');
    await put('hours.mp3', 'We are open from nine to five.');
    await sync();
    const { out } = await run();
    expect(section(out, 'Prompts of the call flow')).toEqual([
      '6 as Assets, 0 through the proxy, 2 as words',
      'prompts/menu.mp3: the bucket does not have it, and the flow names it in menus.main.prompt: callers hear its text.',
      'prompts/hours.mp3: callers hear its text, because it is not audio that Twilio plays (MP3, WAV or AIFF), by its ending or by its bytes',
    ]);
    expect(section(out, 'The last deployments')[1]).toMatch(/ 2 prompts removed$/);
  });

  it('says where callers hear nothing', async () => {
    await deployAgain(deployedFirst);
    const { out } = await run();
    expect(section(out, 'Assets and S3')[0]).toMatch(
      /^0 of 6 prompts are live as S3 has them: Build ZB\w+, live since .* does not have the others/,
    );
    expect(section(out, 'Prompts of the call flow')).toEqual([
      '0 as Assets, 7 through the proxy, 0 as words, 1 not at all',
      'prompts/menu.mp3: the bucket does not have it, and the flow names it in menus.main.prompt: callers hear nothing.',
    ]);
    expect(section(out, 'The last deployments')[1]).toMatch(/ back again, 6 prompts removed$/);
  });

  it('tells code from prompts', async () => {
    await publishFlow(sandbox, readFileSync('assets/call-flow.private.json', 'utf8'));
    const { out } = await run();
    expect(section(out, 'The last deployments')[1]).toMatch(/ code$/);
  });

  it('prints one JSON object, and no secret', async () => {
    const { code, out } = await run(['--json']);
    expect(JSON.parse(out)).toMatchObject({
      origin: sandbox.publicOrigin,
      live: { prompts: 0 },
      s3: { missing: [{ key: 'prompts/menu.mp3', at: 'menus.main.prompt' }], unused: [] },
      deployments: [{ changes: ['code'] }, {}, {}, {}, {}],
    });
    const { S3_SECRET_ACCESS_KEY, AUTH_TOKEN, ADMIN_SECRET } = sandbox.variables;
    for (const secret of [S3_SECRET_ACCESS_KEY, AUTH_TOKEN, ADMIN_SECRET]) {
      expect(out).not.toContain(secret);
    }
    expect(code).toBe(0);
  });

  it('fits 80 columns, and asks nothing that could change anything', async () => {
    const before = twilio.requests.length;
    const { out } = await run();
    expect(out.split('\n').filter(({ length }) => length > 80)).toEqual([]);
    const methods = twilio.requests.slice(before).map(({ method }) => method);
    expect(new Set(methods)).toEqual(new Set(['GET']));
  });

  it('shows what is live where S3 refuses, and fails', async () => {
    const { code, out } = await run([], { S3_ACCESS_KEY_ID: 'AKIAI44QH8DHBEXAMPLE' });
    expect(section(out, 'Live at')).toHaveLength(2);
    expect(section(out, 'Assets and S3')[0]).toMatch(/S3 answered 403 InvalidAccessKeyId\. Check/);
    expect(section(out, 'Prompts of the call flow')).toEqual([
      '0 as Assets, 8 through the proxy, 0 as words',
    ]);
    expect(code).toBe(1);
  });

  it('shows what a guard has against the list, and fails', async () => {
    await sync();
    const { code, out } = await run([], { SYNC_INCLUDE: 'goodbye.mp3' });
    expect(section(out, 'Assets and S3')[0]).toMatch(/^\d of \d prompts are not selected/);
    expect(code).toBe(1);
  });

  it.each([
    [['--environment', 'live'], {}, 2, 'has no environment "live"'],
    [[], { S3_REGION: 'not a region' }, 2, 'S3_REGION must be a region'],
    [[], { AUTH_TOKEN: 'another' }, 1, 'Twilio answered 401'],
    [['--all'], {}, 2, 'unknown option'],
  ])('says what is wrong with %j %j', async (args, changes, code, message) => {
    const result = await run(args, changes);
    expect(result.code).toBe(code);
    expect(result.err).toContain(message);
  });
});

async function deployAgain(buildSid: string): Promise<void> {
  const client = serverless(sandbox);
  const [environment] = await client.environments();
  const { sid = '' } = environment ?? {};
  await nextSecond(client, sid);
  await client.deploy(sid, buildSid);
}
