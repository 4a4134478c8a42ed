import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PromptBucket, type PromptObject, UnreadableObjectError } from '../../src/s3/prompts';
import { checkReadable, guardOf } from '../../src/sync/guard';
import { FakeClock } from '../helpers/clock';
import { type FaultServer, s3Error, startFaultServer } from '../helpers/fault-server';
import { audio, Buckets, Rig } from '../helpers/sync/rig';
import { object } from '../helpers/sync/values';

const known = ['a', 'b', 'c', 'd'];

const guards = (before: string[], after: string[], maxVanishedShare: number, except = '') =>
  guardOf(
    {
      known: before,
      listed: new Set(after),
      selects: (key) => key !== except,
      bucketName: 'company',
      prefix: 'p/',
    },
    maxVanishedShare,
  );

const guard = (...given: Parameters<typeof guards>) => guards(...given)?.sentence;

describe('guardOf', () => {
  it.each<[string[], string[], number]>([
    [known, ['a', 'b', 'c', 'd', 'e'], 0.5],
    [known, ['a', 'b'], 0.5],
    [known, ['a', 'b', 'c', 'd'], 0],
    [known, ['x'], 1],
    [[], ['x'], 0],
  ])('lets %j become %j where %d may vanish', (before, after, maxVanishedShare) => {
    expect(guard(before, after, maxVanishedShare)).toBeUndefined();
  });

  it.each<[string[], number, string]>([
    [
      ['a'],
      0.5,
      '3 of 4 prompts vanished from bucket company under p/ (b, c, d): more than 50 %. Check S3_BUCKET and S3_PREFIX, or',
    ],
    [['a', 'b', 'c'], 0, '1 of 4 prompts vanished from bucket company under p/ (d): more than 0 %'],
    [
      ['a', 'b', 'x', 'y', 'z'],
      0.49,
      '2 of 4 prompts vanished from bucket company under p/ (c, d): more than 49 %',
    ],
    [[], 1, 'S3 lists no object in bucket company under p/, but 4 prompts are in use'],
  ])(
    'stops at %j where %d may vanish, and says the numbers',
    (after, maxVanishedShare, message) => {
      expect(guard(known, after, maxVanishedShare)).toContain(message);
    },
  );

  it.each<[string[], number, string]>([
    [known, 0, '1 of 4 prompts are not selected by the globs (a): more than 0 %. Check the globs'],
    [
      ['a', 'b'],
      0.5,
      '2 of 4 prompts vanished from bucket company under p/ (c, d), and 1 of 4 prompts are not selected by the globs (a): more than 50 %',
    ],
    [
      ['a'],
      1,
      'S3 lists 1 objects in bucket company under p/, and the globs select none of them, but 4 prompts are in use',
    ],
  ])(
    'tells what the globs leave out from what vanished: %j',
    (after, maxVanishedShare, message) => {
      expect(guard(known, after, maxVanishedShare, 'a')).toContain(message);
    },
  );

  it('counts a prompt that vanished and is not selected either once', () => {
    expect(guard(known, ['b', 'c', 'd'], 0.25, 'a')).toBeUndefined();
  });

  it.each<[string, string[], string, number]>([
    ['vanished', ['a'], '', 3],
    ['vanished or are not selected', ['a', 'b'], 'a', 3],
    ['were listed in an empty bucket', [], '', 4],
    ['the globs leave out, all of them', ['a'], 'a', 4],
  ])('counts the prompts in use that %s', (_, after, except, vanishing) => {
    expect(guards(known, after, 0.5, except)).toMatchObject({ vanishing, known: 4 });
  });

  it('names three keys of many', () => {
    const many = Array.from({ length: 9 }, (_, index) => `${index}`);
    expect(guard(many, ['x'], 0)).toContain(
      '9 of 9 prompts vanished from bucket company under p/ (0, 1, 2, …)',
    );
  });

  it('stops at an empty bucket even when nothing is live: the prefix may be wrong', () => {
    expect(guard([], [], 0.5)).toContain('Check S3_BUCKET and S3_PREFIX');
  });
});

let buckets: Buckets;
let faulty: FaultServer;
let bucket: PromptBucket;
let objects: readonly PromptObject[];
beforeAll(async () => {
  const names = ['a.mp3', 'b.mp3', 'c.mp3', 'd.mp3'];
  const prompts = Object.fromEntries(names.map((name) => [name, audio(name)]));
  buckets = await Buckets.start({ prompts, one: { 'a.mp3': audio('a') } });
  await buckets.put('prompts', 'EMPTY.mp3', Buffer.alloc(0));
  const { endpoint, region, credentials: keys } = buckets.server;
  faulty = await startFaultServer(endpoint);
  bucket = new PromptBucket(
    {
      bucket: 'prompts',
      region,
      prefix: '',
      endpoint: faulty.endpoint,
      addressingStyle: 'auto',
      credentials: { kind: 'access key', keys },
    },
    {
      clock: new FakeClock(),
      deadline: Number.POSITIVE_INFINITY,
    },
  );
  objects = await bucket.list();
});
afterAll(async () => {
  bucket.close();
  await faulty.close();
  await buckets.stop();
});
beforeEach(() => {
  faulty.next();
  faulty.requests.length = 0;
});

const denied = s3Error(403, 'AccessDenied');
const pathsAsked = () =>
  faulty.requests.map(({ method, path }) => `${method} ${path.replace(/\?.*/, '')}`);

describe('a bucket', () => {
  it('is readable when the first object gives its first byte, an empty one left out', async () => {
    expect(objects.map(({ key }) => key)).toContain('EMPTY.mp3');
    await checkReadable(bucket, objects);
    expect(pathsAsked()).toEqual(['GET /prompts/a.mp3']);
  });

  it('is readable when only some objects refuse', async () => {
    faulty.next(denied, s3Error(404, 'NoSuchKey'));
    await checkReadable(bucket, objects);
    expect(pathsAsked()).toEqual(['a', 'b', 'c'].map((name) => `GET /prompts/${name}.mp3`));
  });

  it('is readable when an object is archived, as S3 says only with the permission', async () => {
    faulty.next(s3Error(403, 'InvalidObjectState'));
    await checkReadable(bucket, objects);
    expect(faulty.requests).toHaveLength(1);
  });

  it('is readable where a whole folder refuses', async () => {
    const paths: string[] = [];
    const folder = Array.from({ length: 500 }, (_, at) => ({ ...object('a.mp3'), key: `${at}` }));
    const readFirstByte = async ({ key }: PromptObject) => {
      paths.push(key);
      if (Number(key) < 400) throw new UnreadableObjectError('no', { status: 403 });
    };
    await checkReadable(Object.assign(Object.create(bucket), { readFirstByte }), folder);
    expect(paths.length).toBeLessThanOrEqual(10);
  });

  it('is not readable when each object refuses; the first refusal says why', async () => {
    faulty.next(denied, s3Error(404, 'NoSuchKey'), denied, denied);
    await expect(checkReadable(bucket, objects)).rejects.toThrow(
      /^Reading a\.mp3 from bucket prompts: S3 answered 403 AccessDenied\. .*s3:GetObject/,
    );
    expect(faulty.requests).toHaveLength(4);
  });

  it('is asked once when S3 does not accept the access key', async () => {
    faulty.next(s3Error(403, 'InvalidAccessKeyId'));
    await expect(checkReadable(bucket, objects)).rejects.toThrow('InvalidAccessKeyId');
    expect(faulty.requests).toHaveLength(1);
  });

  it('is readable when there is nothing to read', async () => {
    await checkReadable(bucket, []);
    expect(faulty.requests).toEqual([]);
  });
});

describe('a dry run', () => {
  it('fails where the sync could not read what S3 lists', async () => {
    const rig = await new Rig(buckets).start();
    rig.toolkitDeploy();
    rig.rewriteListing = (body) => body.replace('<Key>a.mp3', '<Key>ghost.mp3');
    const { error } = await rig.run('one', { dryRun: true });
    await rig.stop();
    expect(String(error)).toContain('Reading ghost.mp3 from bucket one: S3 answered 404 NoSuchKey');
  });
});
