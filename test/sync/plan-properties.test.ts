import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PROXY_BYTES } from '../../src/limits';
import { encodeManifest } from '../../src/manifest';
import { hasOtherEnding } from '../../src/media-types';
import type { PromptObject } from '../../src/s3/prompts';
import { assetPath, isAssetPath } from '../../src/sync/asset-path';
import { type CarryOver, fingerprint } from '../../src/sync/carry-over';
import {
  type LiveBuild,
  type Plan,
  type PlanOptions,
  plan,
  type ReusableVersions,
} from '../../src/sync/plan';
import type { NotGiven, NotGivenReason, SkippedKey } from '../../src/sync/selection';
import type { Build, Version } from '../../src/twilio/resources';
import { FULL } from '../helpers/full';
import { deployNamed, object, syncedBuild, toolkitBuild, version } from '../helpers/sync/values';

const NOW = 1_000_000;
const RETENTION = 4 * 3600;

const key = fc.constantFrom(
  'a.mp3',
  'b.mp3',
  'sub/a.mp3',
  '営業 時間.mp3',
  '__proto__',
  '../a.mp3',
  'c',
  'd',
  'e.txt',
  'f.ulaw',
);
const content = fc.constantFrom('first', 'second');
const visibility = fc.constantFrom('public', 'protected');
const listed: fc.Arbitrary<PromptObject> = fc
  .record({
    key,
    content,
    size: fc.constantFrom(10, 4_000_001, 9_000_000, 26_000_000),
    storageClass: fc.constantFrom('STANDARD', 'STANDARD', 'GLACIER'),
  })
  .map(({ key, ...rest }) => object(key, rest));
const listing = fc.uniqueArray(listed, { selector: (entry) => entry.key });

const anyPath = fc
  .tuple(key, content)
  .map(([name, text]) => assetPath(name, object(name, { content: text }).etag));
const anyAudio = fc
  .tuple(anyPath, visibility, fc.constantFrom('', 'uploaded twice'))
  .map(([path, seen, edition]) => version(path, edition, seen));
/** What one Build may hold of it: one version a path. */
const buildAudio = fc.uniqueArray(anyAudio, { selector: ({ path }) => path });
const time = fc.constantFrom(
  NOW - 2 * RETENTION,
  NOW - RETENTION,
  NOW - RETENTION + 1,
  NOW - 1,
  NOW,
);

const manifest = fc.record({
  paths: fc
    .array(fc.tuple(key, content))
    .map(
      (contents) =>
        new Map(
          contents.map(([name, text]) => [
            name,
            assetPath(name, object(name, { content: text }).etag),
          ]),
        ),
    ),
  retired: fc.array(fc.tuple(anyPath, time)).map((pairs) => new Map(pairs)),
  refused: fc
    .array(
      listed.chain(({ key, etag }) =>
        fc.tuple(
          fc.constant(key),
          fc.record({
            etag: fc.constant(etag),
            reason: fc.constantFrom(
              'not audio',
              'not recognised',
              'archived',
              'no room',
              'unreadable',
              'missing',
            ),
            unplayable: fc.boolean(),
          }),
        ),
      ),
    )
    .map((pairs) => new Map(pairs)),
});

const site = Array.from({ length: 1000 }, (_, index) => version(`/site/${index}`));

/** Code that leaves all the room, next to none, or less than none. */
const carryOver: fc.Arbitrary<CarryOver> = fc
  .tuple(fc.constantFrom('one', 'two'), fc.constantFrom(0, 0, 993, 996, 999, 1000, 1001))
  .map(([name, count]) => {
    const its = deployNamed(name);
    // One Asset of the toolkit's is public already.
    return { ...its, assets: [...its.assets, ...site.slice(0, Math.max(0, count - 1))] };
  });

const liveBuild: fc.Arbitrary<LiveBuild> = fc
  .record({ carryOver, audio: buildAudio, manifest, synced: fc.boolean(), lost: fc.boolean() })
  .map(({ carryOver, audio, manifest, synced, lost }) => {
    const on = toolkitBuild('deploy');
    const its = lost ? deployNamed('lost') : carryOver;
    const build = synced
      ? syncedBuild('live', { on, carryOver: its, audio, manifest })
      : { ...on, ...its };
    return { build, carryOver, manifest };
  });
const recents: fc.Arbitrary<ReusableVersions[]> = fc.array(
  fc.record({ assets: buildAudio, liveUntil: time }),
  { maxLength: 3 },
);
const options: fc.Arbitrary<PlanOptions> = fc.record({
  nowEpochSeconds: fc.constant(NOW),
  visibility,
  selects: fc.constantFrom(
    () => true,
    (name: string) => name.endsWith('.mp3'),
  ),
  flowKeys: fc.uniqueArray(key).map((keys) => new Set(keys)),
  judged: fc.constant(new Map()),
  notGiven: fc
    .array(
      fc
        .tuple(listed, fc.constantFrom<NotGivenReason>('unreadable', 'listed otherwise'))
        .map(([{ key, etag }, reason]): [string, NotGiven] => [key, { etag, reason }]),
    )
    .map((pairs) => new Map(pairs)),
  bucketName: fc.constant('prompts'),
  prefix: fc.constant(''),
  proxyPrefix: fc.constant(''),
  maxObjectBytes: fc.constantFrom(8_000_000, 25_000_000),
  retentionSeconds: fc.constant(RETENTION),
  maxVanishedShare: fc.constantFrom(0, 0.5, 1),
  force: fc.boolean(),
});
const situation = fc.tuple(listing, liveBuild, recents, options);

/** The Build that a plan makes, once everything is uploaded, and all that the next run knows of it. */
function apply(
  { carryOver, keep, upload, retain, manifest }: Plan,
  { visibility }: PlanOptions,
): LiveBuild {
  const uploaded = upload.map(({ path }) => version(path, 'new', visibility));
  const audio = [...keep, ...retain].map((entry) => entry.version);
  const on = toolkitBuild('deploy');
  const build = syncedBuild('next', { on, carryOver, audio: [...audio, ...uploaded], manifest });
  return { build, carryOver, manifest };
}

/** Another order of the same Build. */
function reversed(build: Build): Build {
  return { ...build, assets: build.assets.toReversed(), functions: build.functions.toReversed() };
}

function decisions({ keep, upload, retain, drop, skip, manifest, guard, changed }: Plan) {
  const sids = (versions: readonly Version[]) => versions.map(({ sid }) => sid).sort();
  return {
    keep: keep.map(({ path, version: { sid } }) => `${path} ${sid}`).sort(),
    upload: upload.map(({ path }) => path).sort(),
    retain: retain.map(({ version: { sid }, retiredAt }) => `${sid} ${retiredAt}`).sort(),
    drop: sids(drop),
    skip: skip.map(({ key, reason }) => `${key} ${reason}`).sort(),
    manifest: encodeManifest(manifest).hash,
    guard,
    changed,
  };
}

const isObject = ({ reason }: SkippedKey) => reason !== 'missing' && reason !== 'vanished';
/** Whether it is kept as well, with an earlier content. */
const isEarlier = ({ reason, unplayable }: SkippedKey) => reason === 'unreadable' && !unplayable;

/** Where more is retained than there is room for, the next look finds other room. */
function isFull({ assets }: Build): boolean {
  return assets.filter(({ visibility }) => visibility !== 'private').length >= 1000;
}

function check(
  holds: (...args: [PromptObject[], LiveBuild, ReusableVersions[], PlanOptions]) => void,
) {
  fc.assert(
    fc.property(situation, (args) => holds(...args)),
    { numRuns: FULL ? 2000 : 100 },
  );
}

describe('plan, for any listing and Builds', () => {
  it('has nothing to do once it is done', () => {
    check((listing, live, recent, options) => {
      const applied = apply(plan(listing, live, recent, options), options);
      const again = plan(listing, applied, [], options);
      if (isFull(applied.build)) return;
      expect(again).toMatchObject({ upload: [], drop: [], changed: false });
    });
  });

  it('has nothing more to do the second time, while the Builds before can still be seen', () => {
    check((listing, live, recent, options) => {
      const seen = [...recent, { assets: live.build.assets, liveUntil: NOW }];
      const applied = apply(plan(listing, live, recent, options), options);
      const again = plan(listing, applied, seen, options);
      if (isFull(apply(again, options).build)) return;
      expect(again).toMatchObject({ upload: [], drop: [] });
      expect(plan(listing, apply(again, options), seen, options).changed).toBe(false);
    });
  });

  it('uploads nothing that S3 does not give, and lets callers hear its earlier content or its text', () => {
    check((listing, live, recent, options) => {
      const { upload, keep, skip, manifest } = plan(listing, live, recent, options);
      const isUnreadable = ({ key, etag }: PromptObject) =>
        options.notGiven.get(key)?.etag === etag;
      expect(upload.filter(({ object }) => isUnreadable(object))).toEqual([]);
      for (const entry of skip.filter(({ reason }) => reason === 'unreadable')) {
        const path = manifest.paths.get(entry.key);
        expect(path === undefined).toBe(entry.unplayable);
        if (path === undefined) continue;
        expect(path).toBe(live.manifest.paths.get(entry.key));
        expect(keep.map((kept) => kept.path)).toContain(path);
      }
    });
  });

  it('says the text of each key that was live and that S3 lacks, as long as S3 lacks it', () => {
    check((listing, live, recent, options) => {
      const { manifest } = plan(listing, live, recent, options);
      const listed = new Set(listing.map(({ key }) => key));
      const known = [...live.manifest.refused].filter(([, { reason }]) => reason === 'missing');
      const gone = [...live.manifest.paths.keys(), ...known.map(([key]) => key)].filter(
        (key) => !listed.has(key) && !hasOtherEnding(key),
      );
      for (const key of gone) expect(manifest.refused.get(key)?.unplayable).toBe(true);
      for (const key of listed) expect(manifest.refused.get(key)?.reason).not.toBe('missing');
    });
  });

  it('does not depend on the order of anything', () => {
    check((listing, live, recent, options) => {
      const there = plan(listing, live, recent, options);
      const back = plan(
        listing.toReversed(),
        { ...live, build: reversed(live.build) },
        recent.map(({ assets, ...rest }) => ({ ...rest, assets: assets.toReversed() })).reverse(),
        options,
      );
      expect(decisions(back)).toEqual(decisions(there));
    });
  });

  it('keeps, uploads or skips each object that is wanted, and no other', () => {
    check((listing, live, recent, options) => {
      const { keep, upload, skip } = plan(listing, live, recent, options);
      const decided = [
        ...[...keep, ...upload].map(({ object }) => object.key),
        ...skip.filter((entry) => isObject(entry) && !isEarlier(entry)).map(({ key }) => key),
      ];
      expect(decided.sort()).toEqual(
        listing
          .map(({ key }) => key)
          .filter(options.selects)
          .sort(),
      );
    });
  });

  it('makes a Build that Twilio accepts, with the whole carry-over', () => {
    check((listing, live, recent, options) => {
      const planned = plan(listing, live, recent, options);
      const { build } = apply(planned, options);
      const served = build.assets.filter((asset) => asset.visibility !== 'private');
      const own = live.carryOver.assets.filter((asset) => asset.visibility !== 'private');
      expect(served.length).toBeLessThanOrEqual(Math.max(1000, own.length));
      expect(new Set(build.assets.map(({ path }) => path)).size).toBe(build.assets.length);
      expect(new Set(build.assets.map(({ resourceSid }) => resourceSid)).size).toBe(
        build.assets.length,
      );
      expect(fingerprint(planned.carryOver)).toBe(fingerprint(live.carryOver));
    });
  });

  it('writes into the manifest what the Build holds, and nothing else', () => {
    check((listing, live, recent, options) => {
      const planned = plan(listing, live, recent, options);
      const held = apply(planned, options).build.assets.map(({ path }) => path);
      const { paths, retired } = planned.manifest;
      const told = [...paths.values(), ...retired.keys()];
      expect(told.sort()).toEqual(held.filter(isAssetPath).sort());
    });
  });

  it('has nothing said that was merely not recognised and that the proxy can carry', () => {
    check((listing, live, recent, options) => {
      const { skip, manifest } = plan(listing, live, recent, options);
      const remembered = [...manifest.refused].map(([key, refusal]) => ({ key, ...refusal }));
      const large = new Set(listing.flatMap(({ key, size }) => (size > PROXY_BYTES ? key : [])));
      const said = [...skip, ...remembered].filter(({ unplayable }) => unplayable);
      const unknown = said.filter(({ reason }) => reason === 'not recognised');
      expect(unknown.filter(({ key }) => !large.has(key))).toEqual([]);
    });
  });

  it('takes no path away that a call may be playing, unless there is no room', () => {
    check((listing, live, recent, options) => {
      const planned = plan(listing, live, recent, options);
      const { build } = apply(planned, options);
      if (isFull(build)) return;
      const held = new Set(build.assets.map(({ path }) => path));
      const { retired } = live.manifest;
      const playing = [{ assets: live.build.assets, liveUntil: NOW }, ...recent].flatMap(
        ({ assets, liveUntil }) =>
          assets
            .filter(({ path }) => isAssetPath(path))
            .filter(({ path }) => NOW - (retired.get(path) ?? liveUntil) < RETENTION),
      );
      expect(playing.filter(({ path }) => !held.has(path))).toEqual([]);
    });
  });

  it('gives something new no place of what is live and may be playing', () => {
    check((listing, live, recent, options) => {
      const { keep, drop, upload } = plan(listing, live, recent, options);
      const wanted = new Set([...keep, ...upload].map(({ path }) => path));
      const { retired } = live.manifest;
      const taken = drop.filter(
        ({ path }) => !wanted.has(path) && NOW - (retired.get(path) ?? NOW) < RETENTION,
      );
      const held = new Set(live.build.assets.map(({ path }) => path));
      const fresh = upload.filter(({ path }) => !held.has(path));
      if (taken.length > 0) expect(fresh).toEqual([]);
    });
  });
});
