import { describe, expect, it } from '@jest/globals';
import { EMPTY_MANIFEST, manifestPath } from '../../src/manifest';
import { fromLiveOn, historyOf, makerOf, type PastBuild } from '../../src/status/history';
import { assetPath } from '../../src/sync/asset-path';
import { carryOverOf, fingerprint } from '../../src/sync/carry-over';
import type { Deployment } from '../../src/twilio/resources';
import { HANDLER } from '../helpers/sandbox/twilio-harness';

const sid = (prefix: string, n: number) => `${prefix}${String(n).padStart(32, '0')}`;

interface Holds {
  /** Which version of the code. */
  readonly code: number;
  /** Key → content; undefined for a Build without a manifest. */
  readonly prompts?: Readonly<Record<string, string>>;
}

function built(n: number, { code, prompts }: Holds): PastBuild {
  const paths = Object.entries(prompts ?? {}).map(
    ([key, content]) => [key, assetPath(key, content)] as const,
  );
  const version = (path: string, versionSid: string) => ({
    sid: versionSid,
    resourceSid: sid('ZH', 1),
    path,
    visibility: 'public' as const,
  });
  return {
    build: {
      sid: sid('ZB', n),
      status: 'completed',
      assets: paths.map(([, path], index) => version(path, sid('ZN', 100 + index))),
      functions: [version('/voice', sid('ZN', code))],
      dependencies: JSON.parse(HANDLER),
      runtime: 'node22',
      createdAt: new Date(0),
    },
    manifest: prompts && { ...EMPTY_MANIFEST, paths: new Map(paths) },
  };
}

/** The Deployments, newest first. */
function history(deployed: readonly (number | undefined)[], builds: readonly PastBuild[]) {
  const deployments = deployed.map((n, index): Deployment => {
    const buildSid = n === undefined ? undefined : sid('ZB', n);
    return { sid: sid('ZD', index), buildSid, createdAt: new Date(1e12 - index * 60_000) };
  });
  const known = new Map(builds.map((past) => [past.build.sid, past]));
  return historyOf({ deployments, builds: known }, 10);
}

describe('what changed with a Deployment', () => {
  const code = built(1, { code: 1 });
  const synced = built(2, { code: 1, prompts: { 'a.mp3': '1', 'b.mp3': '1', 'c.mp3': '1' } });
  const changed = built(3, { code: 1, prompts: { 'a.mp3': '2', 'b.mp3': '1', 'd.mp3': '1' } });
  const newCode = built(4, { code: 2, prompts: { 'a.mp3': '2', 'b.mp3': '1', 'd.mp3': '1' } });
  const all = [code, synced, changed, newCode];

  it.each<[string, (number | undefined)[], string]>([
    ['the first one', [1], 'the first one'],
    ['a first sync', [2, 1], '3 prompts added'],
    ['a later one', [3, 2], '1 prompt added, 1 prompt replaced, 1 prompt removed'],
    ['a deploy with the prompts', [4, 3], 'code'],
    ['a deploy of the toolkit', [1, 4], 'code, 3 prompts removed'],
    ['the same Build again', [1, 1], 'nothing that callers hear'],
    ['a rollback', [2, 3, 2], 'back again, 1 prompt added, 1 prompt replaced, 1 prompt removed'],
    ['the end of what was live', [undefined, 2], 'nothing is live'],
    ['a beginning after that', [2, undefined], 'the first one'],
    ['a Build that Twilio has deleted', [9, 2], 'not known: the Build is deleted'],
    ['a Build that replaced a deleted one', [2, 9], 'not known: the Build before is deleted'],
  ])('%s', (_, deployed, expected) => {
    expect(history(deployed, all)[0]?.changes.join(', ')).toBe(expected);
  });
});

describe('by whom a Deployment was made', () => {
  const all = [built(1, { code: 1 }), built(2, { code: 1, prompts: {} })];

  it.each<[string, (number | undefined)[], string | undefined]>([
    ['of a Build with no manifest is the toolkit', [1], 'toolkit'],
    ['of a Build that was live before is a rollback', [1, 2, 1], 'rollback'],
    ['of the same Build once more is none', [1, 1], 'toolkit'],
    ['of a deleted Build that was live before is a rollback', [9, 2, 9], 'rollback'],
    ['of a deleted Build is not known', [9, 2], undefined],
    ['of no Build is nobody, however often', [undefined, 2, undefined], undefined],
  ])('%s', (_, deployed, by) => {
    expect(history(deployed, all)[0]?.by).toBe(by);
  });

  it('a rollback to a Build that is not told any more is one', () => {
    const deployments = [1, 2, 3, 4, 5, 1].map(
      (n, index): Deployment => ({
        sid: sid('ZD', index),
        buildSid: sid('ZB', n),
        createdAt: new Date(1e12 - index * 60_000),
      }),
    );
    const told = historyOf({ deployments, builds: new Map() }, 2);
    expect(told.map(({ by }) => by)).toEqual(['rollback', undefined]);
  });
});

describe('what made a Build', () => {
  const { build } = built(1, { code: 1 });
  const marked = (isDeploy: boolean, print = fingerprint(carryOverOf(build))) => {
    const marker = { hash: '0'.repeat(32), fingerprint: print, base: sid('ZB', 9), isDeploy };
    const [voice] = build.functions;
    const manifest = {
      sid: sid('ZN', 50),
      resourceSid: sid('ZH', 50),
      visibility: 'private',
    } as const;
    const functions = [...(voice ? [voice] : []), { ...manifest, path: manifestPath(marker) }];
    return makerOf({ ...build, functions });
  };

  it.each([
    ['has no manifest', () => makerOf(build), 'toolkit'],
    ['has that of a sync', () => marked(false), 'sync'],
    ['has that of a deploy', () => marked(true), 'deploy'],
    [
      'has a manifest, and other code than that was made for',
      () => marked(false, '0'.repeat(16)),
      'toolkit',
    ],
  ])('that %s', (_, make, expected) => {
    expect(make()).toBe(expected);
  });
});

describe('fromLiveOn', () => {
  const order = (deployed: readonly (readonly [n: number, second: number])[], live: number) => {
    const deployments = deployed.map(
      ([n, second], index): Deployment => ({
        sid: sid('ZD', index),
        buildSid: sid('ZB', n),
        createdAt: new Date(second * 1000),
      }),
    );
    return fromLiveOn(deployments, sid('ZB', live)).map(({ buildSid }) =>
      Number(buildSid?.slice(2)),
    );
  };

  it.each<[string, readonly (readonly [number, number])[], number, readonly number[]]>([
    [
      'sorts by date',
      [
        [1, 1],
        [3, 3],
        [2, 2],
      ],
      3,
      [3, 2, 1],
    ],
    [
      'lets the live Build be the last of its second',
      [
        [2, 1],
        [1, 1],
      ],
      1,
      [1, 2],
    ],
    [
      'lets it come back within that second',
      [
        [1, 1],
        [1, 1],
        [2, 1],
      ],
      1,
      [1, 2, 1],
    ],
    [
      'lets it come back later',
      [
        [2, 2],
        [1, 3],
        [1, 1],
      ],
      1,
      [1, 2, 1],
    ],
  ])('%s', (_, deployed, live, expected) => {
    expect(order(deployed, live)).toEqual(expected);
  });
});
