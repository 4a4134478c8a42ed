import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type S3Server, startS3 } from '../../sandbox/s3';
import { resultOf } from '../../src/result';
import { PromptBucket } from '../../src/s3/prompts';
import { assetPath, readAssetName } from '../../src/sync/asset-path';
import type { Outcome } from '../../src/sync/outcome';
import type { Placement } from '../../src/sync/plan';
import {
  inParallel,
  type ParallelOptions,
  toEvent,
  type UploadOptions,
  type UploadResult,
  upload,
} from '../../src/sync/upload';
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

interface Run {
  readonly results: UploadResult[];
  readonly outcome: Outcome<unknown>;
}

/** Uploads these keys, all of them by default. */
async function run(
  account: Account,
  keys: readonly string[] = Object.keys(objects),
  options: Partial<UploadOptions> = {},
): Promise<Run> {
  const bucket = bucketOf(account);
  const placements = (await bucket.list())
    .filter(({ key }) => keys.includes(key))
    .map((object): Placement => ({ object, path: assetPath(object.key, object.etag) }));
  const { twilio, clock } = account;
  const steps = upload(
    placements,
    { kept: [], built: [], changedSinceListed: new Map() },
    {
      bucket,
      twilio,
      clock,
      deadline: Number.POSITIVE_INFINITY,
      visibility: 'public',
      concurrency: 2,
      bytesInFlight: 64_000_000,
      isSlice: true,
      ...options,
    },
  );
  const results: UploadResult[] = [];
  const outcome = await resultOf(steps, (result) => results.push(result));
  return { results, outcome };
}

const assetsOf = ({ api, service }: Account) => [
  ...(api.twilio.state.services.get(service)?.assets.values() ?? []),
];
const versionsOf = (account: Account) =>
  assetsOf(account).flatMap(({ versions }) => [...versions.values()]);
const summary = ({ results }: Pick<Run, 'results'>) =>
  results.map((result) => `${toEvent(result).type} ${result.placement.object.key}`).sort();
const sidsOf = ({ results }: Run) =>
  results.map((result) => ('version' in result ? result.version.sid : '')).sort();

describe('upload', () => {
  it('uploads what S3 holds, byte for byte, with the type of its bytes', async () => {
    const account = await openAccount();
    const { results, outcome } = await run(account);
    expect(outcome.status).toBe('done');
    expect(summary({ results })).toEqual([
      'refused notes.txt',
      'uploaded a.mp3',
      'uploaded b.mp3',
      'uploaded 営業 時間.mp3',
    ]);
    for (const result of results) {
      if (result.status === 'refused') continue;
      const { object, path } = result.placement;
      const uploaded = versionsOf(account).find(({ sid }) => sid === result.version.sid);
      expect(uploaded?.content.equals(objects[object.key] ?? Buffer.alloc(0))).toBe(true);
      expect(uploaded).toMatchObject({ path, visibility: 'public', contentType: 'audio/mpeg' });
    }
  });

  it('makes no Asset, not even an empty one, for what is no audio', async () => {
    const account = await openAccount();
    expect(summary(await run(account, ['notes.txt']))).toEqual(['refused notes.txt']);
    expect(assetsOf(account)).toEqual([]);
  });

  it('finds the second time what it has uploaded the first time, without a request for each Asset', async () => {
    const account = await openAccount();
    const first = await run(account, ['a.mp3', 'b.mp3']);
    account.requests.length = 0;
    const second = await run(account, ['a.mp3', 'b.mp3']);
    expect(summary(second)).toEqual(['found a.mp3', 'found b.mp3']);
    expect(sidsOf(second)).toEqual(sidsOf(first));
    expect(account.requests).toHaveLength(1);
  });

  it('is pending after its deadline, and begins nothing', async () => {
    const account = await openAccount();
    const deadline = account.clock.now().getTime();
    const { results, outcome } = await run(account, ['a.mp3'], { deadline });
    expect(results).toEqual([]);
    expect(outcome).toMatchObject({ status: 'pending', reason: 'time' });
  });

  it('sends no request where there is nothing to do', async () => {
    const account = await openAccount();
    expect(await run(account, [])).toMatchObject({ results: [], outcome: { status: 'done' } });
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

  it('wants another plan when an object was replaced, and throws when S3 goes on listing it', async () => {
    const account = await openAccount();
    const bucket = bucketOf(account);
    const [object] = await bucket.list();
    if (!object) throw new Error('the bucket is empty');
    const placement = {
      object: { ...object, etag: '"older"' },
      path: assetPath(object.key, '"older"'),
    };
    const { twilio, clock } = account;
    const changedSinceListed = new Map<string, string>();
    const uploadOnce = () =>
      resultOf(
        upload(
          [placement],
          { kept: [], built: [], changedSinceListed },
          {
            bucket,
            twilio,
            clock,
            deadline: Number.POSITIVE_INFINITY,
            visibility: 'public',
            concurrency: 1,
            bytesInFlight: 1,
            isSlice: true,
          },
        ),
      );
    expect(await uploadOnce()).toEqual({ status: 'again' });
    await expect(uploadOnce()).rejects.toThrow('still lists it');
    expect(assetsOf(account)).toEqual([]);
  });
});

/** Uploads a.mp3 in a run that dies at the request that this matches. */
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
  const [result] = (await run(account, ['a.mp3'])).results;
  const [asset] = assetsOf(account);
  expect(readAssetName(asset?.friendlyName ?? '')).toEqual({
    path: result?.placement.path,
    uploaded: {
      visibility: 'public',
      versionSid: result && 'version' in result ? result.version.sid : '',
    },
  });
});

it('stops at a refusal of Twilio', async () => {
  const account = await openAccount();
  account.refuse = (_, method) => (method === 'POST' ? answering(401) : undefined);
  const message = await run(account).catch(String);
  expect(message).toContain('Check ACCOUNT_SID and AUTH_TOKEN');
  expect(message).not.toContain(ACCOUNT_SID);
});

const options: ParallelOptions<number> = {
  concurrency: 3,
  capacity: 100,
  weigh: (item) => item,
  goOn: () => true,
};

interface Done<T> {
  readonly results: T[];
  readonly done: 'all' | 'some' | undefined;
  readonly thrown: unknown;
}

async function collect<T>(steps: AsyncGenerator<T, 'all' | 'some'>): Promise<Done<T>> {
  const results: T[] = [];
  try {
    const done = await resultOf(steps, (result) => results.push(result));
    return { results, done, thrown: undefined };
  } catch (thrown) {
    return { results, done: undefined, thrown };
  }
}

/** Work that ends when it is told to, and remembers what was in work together. */
class Bench {
  readonly begun: number[] = [];
  readonly #ends = new Map<number, (thrown?: Error) => void>();
  work = (item: number): Promise<number> => {
    this.begun.push(item);
    return new Promise((resolve, reject) => {
      this.#ends.set(item, (thrown) => (thrown ? reject(thrown) : resolve(item)));
    });
  };
  get inWork(): number[] {
    return [...this.#ends.keys()];
  }
  async end(item: number, thrown?: Error): Promise<void> {
    this.#ends.get(item)?.(thrown);
    this.#ends.delete(item);
    await new Promise(setImmediate);
  }
}

describe('inParallel', () => {
  it('yields every result and returns "all"', async () => {
    const items = [5, 4, 3, 2, 1];
    const { results, done } = await collect(inParallel(items, options, async (item) => -item));
    expect(results.sort()).toEqual([-1, -2, -3, -4, -5]);
    expect(done).toBe('all');
  });

  it('never has more in work than it may, by number or by weight', async () => {
    const any = fc.record({
      items: fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 20 }),
      concurrency: fc.integer({ min: 1, max: 5 }),
      capacity: fc.integer({ min: 1, max: 100 }),
    });
    await fc.assert(
      fc.asyncProperty(any, fc.scheduler(), async ({ items, concurrency, capacity }, scheduler) => {
        let inWork: number[] = [];
        const work = async (item: number) => {
          inWork.push(item);
          expect(inWork.length).toBeLessThanOrEqual(concurrency);
          const weight = inWork.reduce((sum, one) => sum + one, 0);
          if (inWork.length > 1) expect(weight).toBeLessThanOrEqual(capacity);
          await scheduler.schedule(Promise.resolve());
          inWork = inWork.toSpliced(inWork.indexOf(item), 1);
          return item;
        };
        const collecting = collect(inParallel(items, { ...options, concurrency, capacity }, work));
        const { results, done, thrown } = await scheduler.waitFor(collecting);
        expect(thrown).toBeUndefined();
        expect(done).toBe('all');
        expect(results.sort()).toEqual([...items].sort());
      }),
    );
  });

  it('works alone on an item that is too heavy', async () => {
    const bench = new Bench();
    const done = collect(inParallel([1, 1000, 2], options, bench.work));
    expect(bench.inWork).toEqual([1]);
    await bench.end(1);
    expect(bench.inWork).toEqual([1000]);
    await bench.end(1000);
    expect(bench.inWork).toEqual([2]);
    await bench.end(2);
    expect(await done).toMatchObject({ results: [1, 1000, 2], done: 'all' });
  });

  it('begins nothing after a failure, and throws it when what is in work has ended', async () => {
    const bench = new Bench();
    const done = collect(inParallel([1, 2, 3, 4], options, bench.work));
    await bench.end(2, new Error('first'));
    await bench.end(3, new Error('second'));
    expect(bench.inWork).toEqual([1]);
    await bench.end(1);
    expect(await done).toMatchObject({ results: [1], thrown: new Error('first') });
    expect(bench.begun).toEqual([1, 2, 3]);
  });

  it('finishes what is in work when time is up, and returns "some"', async () => {
    const bench = new Bench();
    let time = true;
    const done = collect(inParallel([1, 2, 3, 4], { ...options, goOn: () => time }, bench.work));
    time = false;
    for (const item of [3, 1, 2]) await bench.end(item);
    expect(await done).toMatchObject({ results: [3, 1, 2], done: 'some' });
    expect(bench.begun).toEqual([1, 2, 3]);
  });

  it('returns "all" with nothing to do, even when time is up', async () => {
    const none = inParallel([], { ...options, goOn: () => false }, async () => 1);
    expect(await collect(none)).toMatchObject({ results: [], done: 'all' });
  });
});
