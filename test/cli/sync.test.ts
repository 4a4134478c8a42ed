import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { DeleteObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as v from 'valibot';
import { callCommand } from '../../cli/call';
import { sync as syncCommand } from '../../cli/sync';
import { type CallEvent, call } from '../../phone';
import { resultOf } from '../../src/result';
import { runSync, runVerb, type Variables, writeVariables } from '../helpers/cli/commands';
import { resultOfProgram, startProgram, waitForOutput } from '../helpers/program';
import { s3ClientOf } from '../helpers/sandbox/s3-client';
import { startSandbox, type TestSandbox } from '../helpers/sandbox/start-sandbox';

const SERVICE = 'twilio-s3-play';

let sandbox: TestSandbox;
let variables: Variables;
let s3: S3Client;

beforeAll(async () => {
  sandbox = await startSandbox();
  variables = { ...sandbox.variables, SYNC_QUIET_SECONDS: '0' };
  s3 = s3ClientOf(sandbox.variables);
});
afterAll(async () => {
  s3.destroy();
  await sandbox.stop();
});

const sync = (...args: string[]) => runSync(args, variables);

const syncWith = (changes: Variables, ...args: string[]) =>
  runSync(args, { ...variables, ...changes });

const syncWithout = (name: string) =>
  runSync([], Object.fromEntries(Object.entries(variables).filter(([key]) => key !== name)));

async function put(name: string, content: Buffer | string): Promise<void> {
  const { S3_BUCKET: Bucket, S3_PREFIX } = sandbox.variables;
  const Body = Buffer.from(content);
  await s3.send(new PutObjectCommand({ Bucket, Key: S3_PREFIX + name, Body }));
}

async function remove(name: string): Promise<void> {
  const { S3_BUCKET: Bucket, S3_PREFIX } = sandbox.variables;
  await s3.send(new DeleteObjectCommand({ Bucket, Key: S3_PREFIX + name }));
}

/** The first step after a caller has pressed 2. */
async function directions(): Promise<CallEvent | undefined> {
  const { publicOrigin, variables: account } = sandbox;
  const steps: CallEvent[] = [];
  const walking = call({
    voiceUrl: `${publicOrigin}/voice`,
    accountSid: account.ACCOUNT_SID,
    authToken: account.AUTH_TOKEN,
    from: '+819012345678',
    to: '+815012345678',
    append: 'gather',
    digits: ['2'],
  });
  await resultOf(walking, (step) => steps.push(step));
  return steps[steps.findIndex(({ verb }) => verb === 'Gather action') + 1];
}

const greeting = readFileSync('sandbox/prompts/goodbye.mp3');

/** An MP3 that differs from all others. */
const mp3 = (content: string) => Buffer.concat([greeting, Buffer.from(content)]);

async function twilio(path: string, form?: string): Promise<Response> {
  const { TWILIO_API_URL, ACCOUNT_SID, AUTH_TOKEN } = sandbox.variables;
  const credentials = Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64');
  return fetch(`${TWILIO_API_URL}/v1/Services/${SERVICE}/${path}`, {
    method: form === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Basic ${credentials}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: form,
  });
}

const parseLines = (out: string): { type?: string; status?: string; keep?: number }[] =>
  out
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

// Each test goes on from the one before: from the deploy to Twilio's limit of Builds.
describe('npm run sync', () => {
  it('prints what it would do in a dry run, and changes nothing', async () => {
    const before = await (await twilio('Assets')).json();
    const { code, out, err } = await sync('--dry-run');
    const [plan, ...lines] = out.split('\n');
    expect(plan).toMatch(/^Plan: 0 to keep, 8 to upload \(\d+ kB\), a new Build to publish$/);
    expect(lines.slice(0, 8).sort()).toEqual([
      'Would upload prompts/directions.mp3',
      'Would upload prompts/goodbye.mp3',
      'Would upload prompts/hours.mp3',
      "Would upload prompts/it's new (1)+.mp3",
      'Would upload prompts/menu.mp3',
      'Would upload prompts/unknown.mp3',
      'Would upload prompts/welcome.mp3',
      'Would upload prompts/営業 時間.mp3',
    ]);
    expect(lines.slice(8)).toEqual(['Dry run: 8 prompts to upload, nothing was changed.', '']);
    expect([code, err]).toEqual([0, '']);
    expect(await (await twilio('Assets')).json()).toEqual(before);
  });

  it('publishes every prompt, and prints a line for each', async () => {
    const { code, out, err } = await sync();
    const lines = out.split('\n');
    expect(lines.slice(1, 9).sort()).toEqual([
      'Uploaded prompts/directions.mp3 (23.4 kB)',
      'Uploaded prompts/goodbye.mp3 (10.8 kB)',
      'Uploaded prompts/hours.mp3 (26 kB)',
      "Uploaded prompts/it's new (1)+.mp3 (20.4 kB)",
      'Uploaded prompts/menu.mp3 (23.2 kB)',
      'Uploaded prompts/unknown.mp3 (11.4 kB)',
      'Uploaded prompts/welcome.mp3 (11.5 kB)',
      'Uploaded prompts/営業 時間.mp3 (39.7 kB)',
    ]);
    expect(lines.slice(9)).toEqual([
      expect.stringMatching(/^Making Build ZB[0-9a-f]{32}$/),
      expect.stringMatching(/^Build ZB[0-9a-f]{32} is live$/),
      'Assets equal S3: 8 prompts, 8 uploaded.',
      '',
    ]);
    expect([code, err]).toEqual([0, '']);
  });

  it('finds nothing to do the second time', async () => {
    expect(await sync()).toEqual({
      code: 0,
      out: 'Plan: 8 to keep, 0 to upload\nAssets equal S3: 8 prompts, 0 uploaded.\n',
      err: '',
    });
  });

  it('prints one JSON object a line, and how it ended last', async () => {
    await put('menu.mp3', mp3('replaced'));
    const { code, out, err } = await sync('--json');
    const lines = parseLines(out);
    expect(lines.map(({ type, status }) => type ?? status)).toEqual([
      'planned',
      'uploaded',
      'building',
      'activating',
      'activated',
      'planned',
      'done',
    ]);
    expect(lines.at(-1)).toMatchObject({ report: { prompts: 8, uploaded: 1, retained: 1 } });
    expect([code, err]).toEqual([0, '']);
  });

  it('finishes when its output is closed', async () => {
    const { file, remove: removeFile } = writeVariables(variables);
    const child = startProgram('cli/sync.ts', ['--env', file]);
    child.stdout?.destroy();
    expect(await once(child, 'exit')).toEqual([0, null]);
    removeFile();
  });

  it('lists what cannot be an Asset, with the reason and what callers hear', async () => {
    await put('notes.txt', 'not audio');
    const { code, out } = await sync();
    expect(out).toContain(
      [
        '1 key without an Asset:',
        '  prompts/notes.txt: it is not audio that Twilio plays (MP3, WAV or AIFF), by its ending or by its bytes (callers hear its text)',
        '',
      ].join('\n'),
    );
    expect(code).toBe(0);
    await remove('notes.txt');
    expect(await sync()).toMatchObject({ code: 0 });
  });

  it('lets options override the configuration', async () => {
    const configured = { SYNC_INCLUDE: '*.mp3', SYNC_EXCLUDE: 'goodbye*' };
    const kept = async (...options: string[]) => {
      const { out } = await syncWith(configured, '--dry-run', '--force', '--json', ...options);
      return parseLines(out)[0]?.keep;
    };
    const keeps = await Promise.all([
      kept(),
      kept('--prefix', 'prompts/w'),
      kept('--include', 'w*', '--include', 'm*'),
      kept('--exclude', 'w*', '--exclude', 'm*'),
    ]);
    expect(keeps).toEqual([7, 1, 2, 6]);
  });

  it('is stopped by a guard when S3 lists nothing, and changes nothing', async () => {
    const { code, err } = await sync('--prefix', 'elsewhere/');
    expect([code, err]).toEqual([
      3,
      expect.stringMatching(
        /^S3 lists no object in bucket \S+ under elsewhere\/, but 8 prompts are in use\. Check S3_BUCKET and S3_PREFIX, or force the sync\.\nNothing was changed\. To go on all the same: --force\n$/,
      ),
    ]);
    expect((await sync()).out).toContain('Plan: 8 to keep, 0 to upload');
  });

  it('lists prompts of the call flow that S3 lacks, which callers hear as text until S3 has them', async () => {
    await remove('directions.mp3');
    const { out } = await sync();
    expect(out).toContain(
      '  prompts/directions.mp3: the call flow names it, and there is no such key under S3_PREFIX (callers hear its text)\n',
    );
    expect(await directions()).toMatchObject({ verb: 'Say', kind: 'verb' });
    const { file, remove: removeVariables } = writeVariables(variables);
    const called = await runVerb(callCommand(), ['--env', file, '--digits', '2']);
    removeVariables();
    expect(called).toMatchObject({
      code: 1,
      err: 'prompts/directions.mp3: its text was said: the call flow names it, and there is no such key under S3_PREFIX.\n',
    });
    const remote = await sync('--remote', sandbox.publicOrigin, '--dry-run');
    expect(remote.out).toContain('prompts/directions.mp3: the call flow names it');
    await put('Directions.mp3', mp3('directions'));
    expect((await sync('--dry-run')).out).toContain(
      '(callers hear its text). Did you mean prompts/Directions.mp3?\n',
    );
    await remove('Directions.mp3');
    await put('directions.mp3', mp3('directions'));
    expect((await sync()).out).not.toContain('the call flow names it');
    expect(await directions()).toMatchObject({ verb: 'Play', status: 200 });
  });

  it('lets --max-delete decide how many prompts may be lost', async () => {
    const options = ['--dry-run', '--exclude', 'menu.mp3'];
    expect(await sync(...options)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/\nWould keep for calls in progress: \/audio\/menu\.\S+\.mp3\n/),
    });
    expect(await sync(...options, '--max-delete', '10', '--json')).toMatchObject({
      code: 3,
      out: expect.stringMatching(
        /\n{"status":"guarded","message":"1 of 8 prompts are not selected by the globs \(prompts\/menu\.mp3\): more than 10 %.*"}\n$/,
      ),
    });
    expect(await sync(...options, '--max-delete', '10', '--force')).toMatchObject({ code: 0 });
  });

  it.each([
    ['AUTH_TOKEN', 'Twilio answered 401', 'Check ACCOUNT_SID and AUTH_TOKEN'],
    ['S3_SECRET_ACCESS_KEY', 'S3 answered 403 SignatureDoesNotMatch', 'Check S3_SECRET_ACCESS_KEY'],
    ['S3_ACCESS_KEY_ID', 'S3 answered 403 InvalidAccessKeyId', 'Check S3_ACCESS_KEY_ID'],
  ])('exits with 1 for a wrong %s, and prints no secret', async (name, refusal, advice) => {
    const wrong = 'wrong'.repeat(8);
    const { code, out, err } = await syncWith({ [name]: wrong });
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(refusal);
    expect(err).toContain(advice);
    const { AUTH_TOKEN, S3_SECRET_ACCESS_KEY, S3_ACCESS_KEY_ID } = sandbox.variables;
    for (const secret of [wrong, AUTH_TOKEN, S3_SECRET_ACCESS_KEY, S3_ACCESS_KEY_ID]) {
      expect(err).not.toContain(secret);
    }
  });

  it('exits with 2 when a variable is missing, and names it', async () => {
    const names = ['S3_BUCKET', 'S3_SECRET_ACCESS_KEY', 'ACCOUNT_SID', 'AUTH_TOKEN'];
    const outcomes = await Promise.all(names.map(syncWithout));
    for (const [index, { code, out, err }] of outcomes.entries()) {
      expect([code, out]).toEqual([2, '']);
      expect(err).toMatch(new RegExp(`${names[index]}\\b.* not set`));
    }
  });

  it('names all that is missing or malformed at once', async () => {
    const { code, err } = await syncWith({ S3_REGION: '', ACCOUNT_SID: 'SK12', AUTH_TOKEN: '' });
    expect(code).toBe(2);
    expect(err).toContain('S3_REGION is not set');
    expect(err).toContain('ACCOUNT_SID must be an Account SID');
    expect(err).toContain('AUTH_TOKEN is not set');
  });

  it('exits with 2 for an option, a file or an environment that does not exist', async () => {
    const outcomes = await Promise.all([
      sync('--unknown'),
      runVerb(syncCommand, ['--env', 'no/such/file']),
      sync('--environment', 'nowhere'),
    ]);
    expect(outcomes).toEqual([
      { code: 2, out: '', err: "error: unknown option '--unknown'\n" },
      { code: 2, out: '', err: 'There is no file no/such/file.\n' },
      {
        code: 2,
        out: '',
        err: 'The Service twilio-s3-play has no environment "nowhere": deploy the project first.\n',
      },
    ]);
  });

  it('calls a deployment until its sync is done', async () => {
    await put('menu.mp3', mp3('replaced again'));
    const { code, out, err } = await sync('--remote', sandbox.publicOrigin, '--json');
    expect(parseLines(out).at(-1)).toMatchObject({
      status: 'done',
      report: { prompts: 8, uploaded: 1 },
    });
    expect([code, err]).toEqual([0, '']);
    expect((await sync()).out).toContain('Plan: 8 to keep, 0 to upload');
  });

  it('plans in a deployment, and changes nothing', async () => {
    const { code, out } = await sync('--remote', sandbox.publicOrigin, '--dry-run');
    expect([code, out]).toEqual([0, 'Dry run: 0 prompts to upload, nothing was changed.\n']);
  });

  it('exits with 1 when the deployment does not accept the secret, and prints none', async () => {
    const wrong = 'wrong'.repeat(8);
    const { code, err } = await syncWith({ ADMIN_SECRET: wrong }, '--remote', sandbox.publicOrigin);
    expect([code, err]).toEqual([
      1,
      `POST ${sandbox.publicOrigin}/sync: answered 401: This address needs authorization. ADMIN_SECRET must be the same here and in the variables of the deployment.\n`,
    ]);
  });

  it('stops at Ctrl-C with 130, and the next run finishes', async () => {
    await put('menu.mp3', mp3('once more'));
    const { file, remove: removeFile } = writeVariables({ ...variables, SYNC_QUIET_SECONDS: '20' });
    const child = startProgram('cli/sync.ts', ['--env', file]);
    const outcome = resultOfProgram(child);
    await waitForOutput(child, 'Waiting');
    // From the terminal, and from npm.
    child.kill('SIGINT');
    child.kill('SIGINT');
    expect(await outcome).toMatchObject({
      code: 130,
      err: 'Stopped. The next sync finishes what this one began.\n',
    });
    removeFile();
    expect((await sync()).out).toContain('Assets equal S3: 8 prompts, 1 uploaded');
  });

  it('exits with 4 when Twilio allows no further Build in this hour', async () => {
    const form = `AssetVersions=${await assetVersionSid()}`;
    let answer: Response;
    do answer = await twilio('Builds', form);
    while (answer.ok);
    expect(answer.status).toBe(429);
    await put('menu.mp3', mp3('too late'));
    expect(await sync()).toMatchObject({
      code: 4,
      err: 'Not finished, a limit of Twilio is reached, the Build is not live: run the sync again in 1 minute.\n',
    });
  });
});

const environments = v.object({ environments: v.array(v.object({ build_sid: v.string() })) });
const build = v.object({ asset_versions: v.array(v.object({ sid: v.string() })) });

/** The version of some Asset that is live. */
async function assetVersionSid(): Promise<string | undefined> {
  const [environment] = v.parse(
    environments,
    await (await twilio('Environments')).json(),
  ).environments;
  const live = await (await twilio(`Builds/${environment?.build_sid}`)).json();
  return v.parse(build, live).asset_versions[0]?.sid;
}
