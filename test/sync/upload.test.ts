import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type S3Server, startS3 } from '../../sandbox/s3';
import { resultOf } from '../../src/result';
import { ChangedObjectError, PromptBucket } from '../../src/s3/prompts';
import { readAssetName } from '../../src/sync/asset-name';
import { assetPath } from '../../src/sync/asset-path';
import type { Placement } from '../../src/sync/plan';
import { type Published, type PublishOptions, publish, toEvent } from '../../src/sync/upload';
import { ACCOUNT_SID, HOUR } from '../helpers/sandbox/twilio-harness';
import { audio } from '../helpers/sync/rig';
import { type Account, answering, openAccount, reset } from '../helpers/twilio/account';

const DAY = 24 * HOUR;
const objects: Record<string, Buffer> = {
  'a.mp3': audio('a'),
  'b.mp3': audio('b'),
  '営業 時間.mp3': audio('hours'),
  'notes.txt': Buffer.from('This is not audio.'),
};

let s3: S3Server;
beforeAll(async () => {
  s3 = await startS3({ buckets: ['prompts'] });
  const client = new S3Client({ ...s3, forcePathStyle: true });
  for (const [Key, Body] of Object.entries(objects)) {
    await client.send(new PutObjectCommand({ Bucket: 'prompts', Key, Body }));
  }
  client.destroy();
});
afterAll(() => s3.stop());

const opened: PromptBucket[] = [];
afterEach(() => {
  for (const bucket of opened.splice(0)) bucket.close();
});

function bucketOf({ clock }: Account, bucketName = 'prompts'): PromptBucket {
  const { region, endpoint, credentials: keys } = s3;
  const bucket = new PromptBucket(
    {
      bucket: bucketName,
      prefix: '',
      region,
      endpoint,
      addressingStyle: 'auto',
      credentials: { kind: 'access key', keys },
    },
    { clock, deadline: Number.POSITIVE_INFINITY },
  );
  opened.push(bucket);
  return bucket;
}

/** Publishes these keys, all of them by default. */
async function run(
  account: Account,
  keys: readonly string[] = Object.keys(objects),
  options: Partial<PublishOptions> = {},
): Promise<{ published: Published[]; complete: boolean }> {
  const bucket = bucketOf(account);
  const placements = (await bucket.list())
    .filter(({ key }) => keys.includes(key))
    .map((object): Placement => ({ object, path: assetPath(object.key, object.etag) }));
  const { twilio, clock } = account;
  const steps = publish(placements, {
    bucket,
    twilio,
    clock,
    deadline: Number.POSITIVE_INFINITY,
    visibility: 'public',
    concurrency: 2,
    bytesInFlight: 64_000_000,
    ...options,
  });
  const published: Published[] = [];
  const complete = await resultOf(steps, (one) => published.push(one));
  return { published, complete };
}

const assetsOf = ({ api, service }: Account) => [
  ...(api.twilio.state.services.get(service)?.assets.values() ?? []),
];
const versionsOf = (account: Account) =>
  assetsOf(account).flatMap(({ versions }) => [...versions.values()]);
const summary = ({ published }: { published: Published[] }) =>
  published.map((one) => `${toEvent(one).type} ${one.placement.object.key}`).sort();

describe('publish', () => {
  it('uploads what S3 holds, byte for byte, as what its bytes are', async () => {
    const account = await openAccount();
    const { published, complete } = await run(account);
    expect(complete).toBe(true);
    expect(summary({ published })).toEqual([
      'refused notes.txt',
      'uploaded a.mp3',
      'uploaded b.mp3',
      'uploaded 営業 時間.mp3',
    ]);
    for (const one of published) {
      if ('refused' in one) continue;
      const { object, path } = one.placement;
      const uploaded = versionsOf(account).find(({ sid }) => sid === one.version.sid);
      expect(uploaded?.content.equals(objects[object.key] ?? Buffer.alloc(0))).toBe(true);
      expect(uploaded).toMatchObject({ path, visibility: 'public', contentType: 'audio/mpeg' });
    }
  });

  it('finds at its second run what the first has uploaded, without asking each Asset', async () => {
    const account = await openAccount();
    const { published } = await run(account, ['a.mp3', 'b.mp3']);
    account.requests.length = 0;
    const again = await run(account, ['a.mp3', 'b.mp3']);
    expect(summary(again)).toEqual(['found a.mp3', 'found b.mp3']);
    const sids = (all: Published[]) =>
      all.map((one) => ('version' in one ? one.version.sid : '')).sort();
    expect(sids(again.published)).toEqual(sids(published));
    expect(account.requests).toHaveLength(1);
  });

  it('does not fetch again what an earlier run has refused', async () => {
    const account = await openAccount();
    await run(account, ['notes.txt']);
    const again = await run(account, ['notes.txt'], { bucket: bucketOf(account, 'nowhere') });
    expect(summary(again)).toEqual(['refused notes.txt']);
    expect(versionsOf(account)).toEqual([]);
  });

  it('begins nothing after its deadline, and says that it is not complete', async () => {
    const account = await openAccount();
    const deadline = account.clock.now().getTime();
    const { published, complete } = await run(account, ['a.mp3'], { deadline });
    expect({ published, complete }).toEqual({ published: [], complete: false });
  });

  it('asks nobody where there is nothing to do', async () => {
    const account = await openAccount();
    expect(await run(account, [])).toEqual({ published: [], complete: true });
    expect(account.requests).toEqual([]);
  });

  it('uploads a second version of the same Asset for another visibility', async () => {
    const account = await openAccount();
    await run(account, ['a.mp3']);
    await run(account, ['a.mp3'], { visibility: 'protected' });
    expect(assetsOf(account)).toHaveLength(1);
    expect(versionsOf(account).map(({ visibility }) => visibility)).toEqual([
      'public',
      'protected',
    ]);
    expect(summary(await run(account, ['a.mp3'], { visibility: 'protected' }))).toEqual([
      'found a.mp3',
    ]);
    expect(summary(await run(account, ['a.mp3']))).toEqual(['found a.mp3']);
  });

  it('throws that an object was replaced, and uploads nothing of it', async () => {
    const account = await openAccount();
    const bucket = bucketOf(account);
    const [object] = await bucket.list();
    if (!object) throw new Error('the bucket is empty');
    const placement = {
      object: { ...object, etag: '"older"' },
      path: assetPath(object.key, '"older"'),
    };
    const { twilio, clock } = account;
    const steps = publish([placement], {
      bucket,
      twilio,
      clock,
      deadline: Number.POSITIVE_INFINITY,
      visibility: 'public',
      concurrency: 1,
      bytesInFlight: 1,
    });
    await expect(steps.next()).rejects.toThrow(ChangedObjectError);
    expect(assetsOf(account)).toEqual([]);
  });
});

/** Publishes a.mp3 in a run that dies at the request that this matches. */
async function dieAt(account: Account, request: RegExp): Promise<void> {
  let dead = false;
  account.refuse = (path, method) => {
    dead ||= request.test(`${method} ${path}`);
    return dead ? reset : undefined;
  };
  await expect(run(account, ['a.mp3'])).rejects.toThrow('could not be reached');
  account.refuse = () => undefined;
}

describe('a run that died', () => {
  it.each([
    ['before its upload', /^POST .*Versions$/, 'uploaded a.mp3'],
    ['before it could note its upload', /^POST .*Assets\/ZH\w+$/, 'found a.mp3'],
  ])('%s is gone on with, in the same Asset', async (_, request, expected) => {
    const account = await openAccount();
    await dieAt(account, request);
    expect(summary(await run(account, ['a.mp3']))).toEqual([expected]);
    expect(assetsOf(account)).toHaveLength(1);
    expect(versionsOf(account)).toHaveLength(1);
  });

  it('is not trusted any more when Twilio may have deleted what it uploaded', async () => {
    const account = await openAccount();
    await run(account, ['a.mp3']);
    await account.clock.sleep(7 * DAY);
    expect(summary(await run(account, ['a.mp3']))).toEqual(['uploaded a.mp3']);
    expect(versionsOf(account)).toHaveLength(1);
  });
});

it('names each Asset after what was uploaded last', async () => {
  const account = await openAccount();
  const { published } = await run(account, ['a.mp3']);
  const [one] = published;
  const [asset] = assetsOf(account);
  expect(readAssetName(asset?.friendlyName ?? '')).toEqual({
    path: one?.placement.path,
    uploaded: { visibility: 'public', versionSid: one && 'version' in one ? one.version.sid : '' },
  });
});

it('stops at a refusal of Twilio', async () => {
  const account = await openAccount();
  account.refuse = (_, method) => (method === 'POST' ? answering(401) : undefined);
  const message = await run(account).catch(String);
  expect(message).toContain('Check ACCOUNT_SID and AUTH_TOKEN');
  expect(message).not.toContain(ACCOUNT_SID);
});
