import { describe, expect, it } from '@jest/globals';
import { BUILD_ASSETS, MANIFEST_REFUSALS, PROXY_BYTES } from '../../src/limits';
import { EMPTY_MANIFEST, encodeManifest, type Manifest } from '../../src/manifest';
import type { PromptObject } from '../../src/s3/prompts';
import { assetPath } from '../../src/sync/asset-path';
import {
  type LiveBuild,
  nextPlan,
  type Plan,
  type PlanOptions,
  plan,
  type ReusableVersions,
} from '../../src/sync/plan';
import type { Version, Visibility } from '../../src/twilio/resources';
import { deployNamed, object, syncedBuild, toolkitBuild, version } from '../helpers/sync/values';

const HOUR = 3600;
const NOW = 500 * HOUR;
const carryOver = deployNamed('deploy');

const options: PlanOptions = {
  nowEpochSeconds: NOW,
  visibility: 'public',
  selects: () => true,
  flowKeys: new Set(),
  judged: new Map(),
  notGiven: new Map(),
  bucketName: 'prompts',
  prefix: '',
  proxyPrefix: '',
  maxObjectBytes: 25_000_000,
  retentionSeconds: 4 * HOUR,
  maxVanishedShare: 1,
  force: true,
};

function audio(
  { key, etag }: PromptObject,
  visibility: Visibility = 'public',
  edition = '',
): Version {
  return version(assetPath(key, etag), edition, visibility);
}

function live(
  assets: readonly Version[],
  manifest: Partial<Manifest> = {},
  its = carryOver,
): LiveBuild {
  const whole = { ...EMPTY_MANIFEST, ...manifest };
  const build = syncedBuild('live', {
    on: toolkitBuild('deploy'),
    carryOver: its,
    audio: assets,
    manifest: whole,
  });
  return { build, carryOver: its, manifest: whole };
}

function recent(assets: readonly Version[], hoursAgo = 1): ReusableVersions {
  return { assets, liveUntil: NOW - hoursAgo * HOUR };
}

/** What a plan decides about each path or key, in words. */
function decisions({ keep, upload, retain, drop, skip }: Plan): string[] {
  return [
    ...keep.map(({ object: { key }, version: { sid } }) => `keep ${key} ${sid}`),
    ...upload.map(({ object: { key } }) => `upload ${key}`),
    ...retain.map(({ version: { sid } }) => `retain ${sid}`),
    ...drop.map(({ sid }) => `drop ${sid}`),
    ...skip.map(({ key, reason }) => `skip ${key}: ${reason}`),
  ].sort();
}

const one = object('hello.mp3');
const replaced = object('hello.mp3', { content: 'second' });
const unreadable = ({ key, etag }: PromptObject): PlanOptions['notGiven'] =>
  new Map([[key, { etag, reason: 'unreadable' }]]);
const path = assetPath(one.key, one.etag);
const publicVersion = audio(one);
const protectedVersion = audio(one, 'protected');
const lately = { retired: new Map([[path, NOW - 4 * HOUR + 1]]) };
const longAgo = { retired: new Map([[path, NOW - 4 * HOUR]]) };
const archived = { ...one, storageClass: 'DEEP_ARCHIVE' };
const large = { ...one, size: 25_000_001 };
const noted = {
  refused: new Map([[one.key, { etag: one.etag, reason: 'not audio', unplayable: true }]]),
};

describe('plan', () => {
  it.each<[string, PromptObject[], LiveBuild, ReusableVersions[], Partial<PlanOptions>, string[]]>([
    [
      'keeps what is wanted and live',
      [one],
      live([publicVersion]),
      [],
      {},
      [`keep hello.mp3 ${publicVersion.sid}`],
    ],
    [
      'keeps what is wanted and was live lately',
      [one],
      live([]),
      [recent([publicVersion])],
      {},
      [`keep hello.mp3 ${publicVersion.sid}`],
    ],
    ['uploads what is wanted and nowhere', [one], live([]), [], {}, ['upload hello.mp3']],
    [
      'uploads again for another visibility',
      [one],
      live([publicVersion]),
      [],
      { visibility: 'protected' },
      ['upload hello.mp3', `drop ${publicVersion.sid}`],
    ],
    [
      'finds the other visibility in a recent Build',
      [one],
      live([publicVersion]),
      [recent([protectedVersion])],
      { visibility: 'protected' },
      [`keep hello.mp3 ${protectedVersion.sid}`, `drop ${publicVersion.sid}`],
    ],
    [
      'retains what was replaced',
      [replaced],
      live([publicVersion]),
      [],
      {},
      [`retain ${publicVersion.sid}`, 'upload hello.mp3'],
    ],
    [
      'retains what is gone from S3',
      [],
      live([publicVersion]),
      [],
      {},
      [`retain ${publicVersion.sid}`],
    ],
    [
      'retains what is gone and was live lately',
      [],
      live([]),
      [recent([publicVersion])],
      {},
      [`retain ${publicVersion.sid}`],
    ],
    [
      'retains what the globs leave out',
      [one],
      live([publicVersion]),
      [],
      { selects: () => false },
      [`retain ${publicVersion.sid}`],
    ],
    [
      'retains until the time is over',
      [],
      live([publicVersion], lately),
      [],
      {},
      [`retain ${publicVersion.sid}`],
    ],
    [
      'drops what was retained when the time is over',
      [],
      live([publicVersion], longAgo),
      [],
      {},
      [`drop ${publicVersion.sid}`],
    ],
    ['forgets what was live long ago', [], live([]), [recent([publicVersion], 4)], {}, []],
    [
      'keeps what is wanted again',
      [one],
      live([publicVersion], longAgo),
      [],
      {},
      [`keep hello.mp3 ${publicVersion.sid}`],
    ],
    ['skips what is archived', [archived], live([]), [], {}, ['skip hello.mp3: archived']],
    ['skips what is too large', [large], live([]), [], {}, ['skip hello.mp3: too large']],
    [
      'leaves large ones to the command line',
      [{ ...one, size: 8_000_001 }],
      live([]),
      [],
      { maxObjectBytes: 8_000_000 },
      ['skip hello.mp3: left to the command line'],
    ],
    [
      'keeps large ones that the command line has uploaded',
      [{ ...one, size: 8_000_001 }],
      live([publicVersion]),
      [],
      { maxObjectBytes: 8_000_000 },
      [`keep hello.mp3 ${publicVersion.sid}`],
    ],
    [
      'does not fetch again what is not audio',
      [one],
      live([], noted),
      [],
      {},
      ['skip hello.mp3: not audio'],
    ],
    [
      'fetches what is no audio and was replaced',
      [replaced],
      live([], noted),
      [],
      {},
      ['upload hello.mp3'],
    ],
    [
      'keeps the earlier content of what S3 does not give',
      [replaced],
      live([publicVersion], { paths: new Map([[one.key, path]]) }),
      [],
      { notGiven: unreadable(replaced) },
      [`keep hello.mp3 ${publicVersion.sid}`, 'skip hello.mp3: unreadable'],
    ],
    [
      'keeps the earlier content of what S3 does not give, after a deploy',
      [replaced],
      live([], { paths: new Map([[one.key, path]]) }),
      [recent([publicVersion])],
      { notGiven: unreadable(replaced) },
      [`keep hello.mp3 ${publicVersion.sid}`, 'skip hello.mp3: unreadable'],
    ],
    [
      'skips what S3 does not give and never gave',
      [one],
      live([]),
      [],
      { notGiven: unreadable(one) },
      ['skip hello.mp3: unreadable'],
    ],
    [
      'keeps what S3 does not give any more',
      [one],
      live([publicVersion]),
      [],
      { notGiven: unreadable(one) },
      [`keep hello.mp3 ${publicVersion.sid}`],
    ],
    [
      'tries again what S3 did not give, once it is replaced',
      [replaced],
      live([]),
      [],
      { notGiven: unreadable(one) },
      ['upload hello.mp3'],
    ],
  ])('%s', (_, listing, build, recents, changes, expected) => {
    const planned = plan(listing, build, recents, { ...options, ...changes });
    expect(decisions(planned)).toEqual(expected.sort());
  });

  it.each(['archived', 'too large', 'no room', 'left to the command line', 'unreadable'])(
    'decides again about what the manifest remembers as %s',
    (reason) => {
      const refused = new Map([[one.key, { etag: one.etag, reason, unplayable: true }]]);
      expect(decisions(plan([one], live([], { refused }), [], options))).toEqual([
        'upload hello.mp3',
      ]);
    },
  );

  it('skips a key that ends like another kind of file, and does not write it down', () => {
    const planned = plan([object('notes.txt')], live([]), [], options);
    expect(decisions(planned)).toEqual(['skip notes.txt: not audio']);
    expect(planned.manifest.refused).toEqual(new Map());
  });

  it.each([
    ['notes.txt', 'not audio'],
    ['silence.ulaw', 'not recognised'],
  ])(
    'skips %s even where it is live, and retains its Asset for calls in progress',
    (key, reason) => {
      const listed = object(key);
      const asset = audio(listed);
      expect(decisions(plan([listed], live([asset]), [], options))).toEqual([
        `retain ${asset.sid}`,
        `skip ${key}: ${reason}`,
      ]);
    },
  );

  it.each([1000, PROXY_BYTES + 1])(
    'makes a manifest that is no longer for more objects without room, of %d bytes each',
    (size) => {
      const sizeFor = (count: number) => {
        const objects = Array.from({ length: count }, (_, index) =>
          object(`${index + 100_000}.mp3`, { size }),
        );
        return encodeManifest(plan(objects, live([]), [], options).manifest).source.length;
      };
      const full = sizeFor(BUILD_ASSETS);
      expect([sizeFor(BUILD_ASSETS + 1), sizeFor(5 * BUILD_ASSETS)]).toEqual([full, full]);
    },
  );

  it('remembers an object without room that the call flow names and the proxy cannot carry', () => {
    const flowKeys = new Set(
      Array.from({ length: BUILD_ASSETS + 1 }, (_, index) => `${index + 100_000}.mp3`),
    );
    const objects = [...flowKeys].map((key) => object(key, { size: PROXY_BYTES + 1 }));
    const { manifest } = plan(objects, live([]), [], { ...options, flowKeys });
    expect([...manifest.refused.values()].map(({ reason }) => reason)).toEqual([
      'no room',
      'no room',
    ]);
  });

  it('forgets nothing of the deployed call flow while it plans for another one', () => {
    const archived = (key: string) => object(key, { storageClass: 'GLACIER' });
    const others = Array.from({ length: MANIFEST_REFUSALS }, (_, index) =>
      archived(`${index}.mp3`),
    );
    const known = archived('z.mp3');
    const entry = { etag: known.etag, reason: 'archived', unplayable: true };
    const refused = new Map([[known.key, entry]]);
    const { manifest } = plan([...others, known], live([], { refused }), [], options);
    expect(manifest.refused.size).toBe(MANIFEST_REFUSALS);
    expect(manifest.refused.has(known.key)).toBe(true);
  });

  it('forgets nothing of the deployed call flow for what this run has refused', () => {
    const junk = Array.from({ length: MANIFEST_REFUSALS + 1 }, (_, index) => object(`${index}`));
    const entry = { etag: '', reason: 'missing', unplayable: true };
    const { manifest } = plan(junk, live([], { refused: new Map([['typo.mp3', entry]]) }), [], {
      ...options,
      judged: new Map(junk.map(({ key, etag }) => [key, { etag, reason: 'not audio' }])),
    });
    expect(manifest.refused.size).toBe(MANIFEST_REFUSALS);
    expect(manifest.refused.has('typo.mp3')).toBe(true);
  });

  it.each(['not audio', 'not recognised'] as const)(
    'skips what this process has found to be %s, until it is replaced',
    (reason) => {
      const judged = new Map([[one.key, { etag: one.etag, reason }]]);
      const decide = (found: PromptObject) =>
        decisions(plan([found], live([]), [], { ...options, judged }));
      expect(decide(one)).toEqual([`skip hello.mp3: ${reason}`]);
      expect(decide(replaced)).toEqual(['upload hello.mp3']);
    },
  );

  it('does not fetch again what was not recognised, and leaves it to the proxy', () => {
    const judged = new Map([[one.key, { etag: one.etag, reason: 'not recognised' as const }]]);
    const { manifest } = plan([one], live([]), [], { ...options, judged });
    expect(manifest.refused).toEqual(
      new Map([[one.key, { etag: one.etag, reason: 'not recognised', unplayable: false }]]),
    );
    const later = plan([one], live([], manifest), [], options);
    expect(decisions(later)).toEqual(['skip hello.mp3: not recognised']);
    expect(later.manifest).toEqual(manifest);
  });

  it('has said what was not recognised and is archived since', () => {
    const refused = new Map([
      [one.key, { etag: one.etag, reason: 'not recognised', unplayable: false }],
    ]);
    const planned = plan([archived], live([], { refused }), [], options);
    expect(decisions(planned)).toEqual(['skip hello.mp3: archived']);
    expect(planned.manifest.refused.get(one.key)?.unplayable).toBe(true);
  });

  it.each(['hello.ulaw', 'hello.GSM'])(
    'leaves %s to the proxy, and fetches and writes down nothing',
    (key) => {
      const planned = plan([object(key)], live([]), [], options);
      expect(planned.skip).toEqual([expect.objectContaining({ key, unplayable: false })]);
      expect(decisions(planned)).toEqual([`skip ${key}: not recognised`]);
      expect(planned.manifest.refused).toEqual(new Map());
    },
  );

  it('writes what playback and the next run need into the manifest', () => {
    const talk = object('talk.mp3', { size: 26_000_000 });
    const gone = audio(object('gone.mp3'));
    const { manifest } = plan([one, talk], live([publicVersion, gone]), [], options);
    expect(manifest).toEqual({
      paths: new Map([['hello.mp3', path]]),
      retired: new Map([[gone.path, NOW]]),
      refused: new Map([['talk.mp3', { etag: talk.etag, reason: 'too large', unplayable: true }]]),
    });
  });

  it('notes what the call flow names and S3 lacks, until S3 has it', () => {
    const flowKeys = new Set(['typo.mp3', 'hello.mp3']);
    const planned = plan([one], live([publicVersion]), [], { ...options, flowKeys });
    expect(decisions(planned)).toEqual([
      `keep hello.mp3 ${publicVersion.sid}`,
      'skip typo.mp3: missing',
    ]);
    const { manifest } = planned;
    expect(manifest.refused.get('typo.mp3')?.unplayable).toBe(true);
    const arrived = object('typo.mp3');
    expect(
      decisions(
        plan([one, arrived], live([publicVersion], manifest), [], { ...options, flowKeys }),
      ),
    ).toEqual([`keep hello.mp3 ${publicVersion.sid}`, 'upload typo.mp3']);
  });

  it('remembers what it once missed, whatever the call flow of this run names, until S3 has it', () => {
    const flowKeys = new Set(['typo.mp3']);
    const entry = { etag: '', reason: 'missing', unplayable: true };
    const known = new Map([
      ['other.mp3', entry],
      ['hello.mp3', entry],
    ]);
    const planned = plan([one], live([publicVersion], { refused: known }), [], {
      ...options,
      flowKeys,
    });
    expect(decisions(planned)).toContain('skip typo.mp3: missing');
    expect(planned.manifest.refused).toEqual(
      new Map([
        ['typo.mp3', entry],
        ['other.mp3', entry],
      ]),
    );
  });

  it.each<[string, Partial<PlanOptions>, string]>([
    ['whatever the call flow names', {}, 'skip hello.mp3: vanished'],
    [
      'where the call flow names it',
      { flowKeys: new Set(['hello.mp3']) },
      'skip hello.mp3: missing',
    ],
    [
      'where S3_PREFIX leaves it out',
      { prefix: 'p/', proxyPrefix: 'p/' },
      'skip hello.mp3: vanished',
    ],
  ])('says the text of a key that was live and vanished, %s', (_, changes, expected) => {
    const paths = new Map([['hello.mp3', path]]);
    const all = { ...options, ...changes };
    const planned = plan([], live([publicVersion], { paths }), [], all);
    expect(decisions(planned)).toEqual([`retain ${publicVersion.sid}`, expected]);
    const gone = { etag: '', reason: 'missing', unplayable: true };
    expect(planned.manifest.refused).toEqual(new Map([['hello.mp3', gone]]));
    // The next run reports it no more, and still knows it.
    const next = plan([], live([publicVersion], planned.manifest), [], {
      ...all,
      flowKeys: new Set(),
    });
    expect(decisions(next)).toEqual([`retain ${publicVersion.sid}`]);
    expect(next.manifest.refused).toEqual(planned.manifest.refused);
    expect(next.changed).toBe(false);
  });

  it('misses keys outside S3_PREFIX, and knows nothing of those that only this run does not list', () => {
    const flowKeys = new Set(['prompts/a.mp3', 'prompts/w/a.mp3', 'a.mp3', '/prompts/a.mp3']);
    const missed = (prefix: string, proxyPrefix: string) =>
      plan([], live([]), [], { ...options, flowKeys, prefix, proxyPrefix }).skip.map(
        ({ key }) => key,
      );
    expect(missed('prompts/', 'prompts/')).toEqual([...flowKeys]);
    expect(missed('prompts/w/', 'prompts/')).toEqual([
      'prompts/w/a.mp3',
      'a.mp3',
      '/prompts/a.mp3',
    ]);
  });

  it('forgets nothing that is missing when it lists a part of the bucket', () => {
    const entry = { etag: '', reason: 'missing', unplayable: true };
    const refused = new Map([['prompts/a.mp3', entry]]);
    const { manifest } = plan([], live([], { refused }), [], { ...options, prefix: 'prompts/w/' });
    expect(manifest.refused).toEqual(refused);
  });

  it('misses nothing that the globs leave out, or where the call flow is not deployed', () => {
    const flowKeys = new Set(['hello.mp3']);
    const without = { ...carryOver, assets: [] };
    expect(plan([one], live([]), [], { ...options, flowKeys, selects: () => false }).skip).toEqual(
      [],
    );
    expect(plan([], live([], {}, without), [], { ...options, flowKeys }).skip).toEqual([]);
  });

  it('keeps the time at which a path retired', () => {
    const { manifest } = plan(
      [],
      live([publicVersion], lately),
      [recent([publicVersion], 2)],
      options,
    );
    expect(manifest.retired).toEqual(lately.retired);
  });

  it('changes nothing when the live Build is what it would make', () => {
    const { manifest } = plan([one], live([publicVersion]), [], options);
    expect(plan([one], live([publicVersion], manifest), [], options).changed).toBe(false);
  });

  it.each<[string, LiveBuild]>([
    ['the manifest says something else', live([publicVersion])],
    ['the audio is not the wanted one', live([], { paths: new Map([[one.key, path]]) })],
    [
      'the code was lost',
      {
        ...live([publicVersion], { paths: new Map([[one.key, path]]) }),
        carryOver: deployNamed('lost'),
      },
    ],
    [
      'the toolkit made the live Build',
      { build: toolkitBuild('new'), carryOver: deployNamed('new'), manifest: EMPTY_MANIFEST },
    ],
  ])('changes the Build when %s', (_, build) => {
    expect(plan([one], build, [recent([publicVersion])], options).changed).toBe(true);
  });

  it('carries over the code that was lost, not the live one', () => {
    const lost = deployNamed('lost');
    const planned = plan([one], { ...live([publicVersion]), carryOver: lost }, [], options);
    expect(planned.carryOver).toEqual(lost);
  });

  it('stops at a guard, unless it is forced', () => {
    const paths = new Map([[one.key, path]]);
    const stopped = plan([], live([publicVersion], { paths }), [], {
      ...options,
      force: false,
      maxVanishedShare: 0.5,
    });
    expect(stopped.guard?.sentence).toContain('S3 lists no object in bucket prompts');
    expect(plan([], live([publicVersion], { paths }), [], options).guard).toBeUndefined();
  });
});

describe('nextPlan', () => {
  const [named, odd, another] = [object('named'), object('odd'), object('another')];
  const settled = (assets: readonly PromptObject[]) => {
    const versions = assets.map((asset) => audio(asset));
    return live(versions, plan(assets, live(versions), [], options).manifest);
  };

  it.each<[string, PromptObject[], LiveBuild, string[]]>([
    ['prompts with an audio ending first', [odd, one], live([]), ['upload hello.mp3']],
    [
      'what is uploaded before what may be no audio',
      [odd, one],
      live([publicVersion]),
      [`keep hello.mp3 ${publicVersion.sid}`],
    ],
    [
      'other keys when all else is live',
      [odd, one],
      settled([one]),
      [`keep hello.mp3 ${publicVersion.sid}`, 'upload odd'],
    ],
    ['other keys at once when there is nothing else', [odd], live([]), ['upload odd']],
    ['other keys that the call flow names first', [named, odd], live([]), ['upload named']],
    [
      'other keys that are live, and were replaced, first',
      [object('odd', { content: 'second' }), another],
      settled([odd]),
      [`retain ${audio(odd).sid}`, 'upload odd'],
    ],
  ])('publishes %s', (_, listing, build, expected) => {
    const flowKeys = new Set(listing.includes(named) ? ['named'] : []);
    expect(decisions(nextPlan(listing, build, [], { ...options, flowKeys }))).toEqual(expected);
  });

  it('gives no place to what may be no audio while a prompt waits', () => {
    const odds = Array.from({ length: 3 }, (_, index) => object(`${index}`));
    const planned = nextPlan([...odds, one], live([], {}, codeWithRoom(2)), [], options);
    expect(decisions(planned)).toEqual(['upload hello.mp3']);
  });

  it('stops at the guard of the whole listing alone', () => {
    const guarded = { ...options, force: false };
    expect(nextPlan([odd], live([]), [], guarded).guard).toBeUndefined();
    expect(nextPlan([odd, one], live([]), [], guarded).guard).toBeUndefined();
  });
});

/** Code that leaves room for so many Assets. */
function codeWithRoom(room: number) {
  const assets = Array.from({ length: 1000 - room }, (_, index) => version(`/site/${index}`));
  return { ...carryOver, assets: [...assets, version('/call-flow.json', '', 'private')] };
}

describe('plan, where Twilio’s limit is reached', () => {
  const [a, b, c] = [object('a.mp3'), object('b.mp3'), object('c.mp3', { size: 4_000_001 })];

  it('gives room to what the call flow names, then to what the proxy cannot carry', () => {
    const flowKeys = new Set(['b.mp3']);
    const planned = plan([a, b, c], live([], {}, codeWithRoom(2)), [], { ...options, flowKeys });
    expect(decisions(planned)).toEqual(['skip a.mp3: no room', 'upload b.mp3', 'upload c.mp3']);
  });

  it('does not count private Assets', () => {
    const planned = plan([a], live([], {}, codeWithRoom(1)), [], options);
    expect(decisions(planned)).toEqual(['upload a.mp3']);
  });

  it('keeps what a call may be playing before it adds what is new', () => {
    const gone = audio(object('gone.mp3'));
    const planned = plan([a], live([gone], {}, codeWithRoom(1)), [], options);
    expect(decisions(planned)).toEqual([`retain ${gone.sid}`, 'skip a.mp3: no room']);
  });

  it('retains a live prompt that a more important one displaces', () => {
    const planned = plan([a, b], live([audio(b)], {}, codeWithRoom(1)), [], options);
    expect(decisions(planned)).toEqual([
      `retain ${audio(b).sid}`,
      'skip a.mp3: no room',
      'skip b.mp3: no room',
    ]);
  });

  it('lets the more important one in when the retention is over', () => {
    const retired = new Map([[audio(b).path, NOW - 5 * HOUR]]);
    const planned = plan([a, b], live([audio(b)], { retired }, codeWithRoom(1)), [], options);
    expect(decisions(planned)).toEqual([
      `drop ${audio(b).sid}`,
      'skip b.mp3: no room',
      'upload a.mp3',
    ]);
  });
});
