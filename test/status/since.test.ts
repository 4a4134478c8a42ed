import { describe, expect, it } from '@jest/globals';
import { EMPTY_MANIFEST, type Manifest } from '../../src/manifest';
import type { PastBuild } from '../../src/status/history';
import { sinceWhen } from '../../src/status/since';
import { sidOf, toolkitBuild } from '../helpers/sync/values';

const KEY = 'a.mp3';
const holding = (path: string): Manifest => ({ ...EMPTY_MANIFEST, paths: new Map([[KEY, path]]) });
const refusing: Manifest = {
  ...EMPTY_MANIFEST,
  refused: new Map([[KEY, { etag: '', reason: 'not audio', unplayable: true }]]),
};

/** Builds by name, with what each says of the prompt. */
const MANIFESTS: Readonly<Record<string, Manifest | undefined>> = {
  one: holding('/audio/1'),
  'one, too': holding('/audio/1'),
  two: holding('/audio/2'),
  refused: refusing,
  'of the toolkit': undefined,
  'without it': EMPTY_MANIFEST,
};

/** @param names newest first, a minute apart, the last at minute 0; `nothing` is no Build */
function since(names: readonly string[]) {
  const deployments = names.map((name, index) => ({
    sid: sidOf('ZD', `${index}`),
    buildSid: name === 'nothing' ? undefined : sidOf('ZB', name),
    createdAt: new Date((names.length - 1 - index) * 60_000),
  }));
  const builds = new Map(
    Object.entries(MANIFESTS).map(([name, manifest]): [string, PastBuild] => {
      const build = { ...toolkitBuild('code'), sid: sidOf('ZB', name) };
      return [build.sid, { build, manifest }];
    }),
  );
  const found = sinceWhen(KEY, { deployments, builds });
  return found && { minute: found.at.getTime() / 60_000, atLeast: found.atLeast };
}

describe('since when callers get a prompt so', () => {
  it.each<[string, readonly string[], { minute: number; atLeast: boolean } | undefined]>([
    ['from the first Deployment', ['one'], { minute: 0, atLeast: false }],
    ['since its content became live', ['one', 'two'], { minute: 1, atLeast: false }],
    [
      'over Builds that changed other things',
      ['one', 'one, too', 'two'],
      { minute: 1, atLeast: false },
    ],
    ['since a rollback brought it back', ['one', 'two', 'one'], { minute: 2, atLeast: false }],
    ['since nothing was live', ['one', 'nothing', 'one'], { minute: 2, atLeast: false }],
    ['at least since a Build that is deleted', ['one', 'deleted'], { minute: 1, atLeast: true }],
    [
      'through the proxy, whether the Build has a manifest or not',
      ['of the toolkit', 'without it', 'one'],
      { minute: 1, atLeast: false },
    ],
    [
      'as words, since a sync refused it',
      ['refused', 'refused', 'without it'],
      { minute: 1, atLeast: false },
    ],
    ['is not known where the live Build is not', ['deleted', 'one'], undefined],
    ['is not known where nothing was ever deployed', [], undefined],
  ])('%s', (_, names, expected) => {
    expect(since(names)).toEqual(expected);
  });
});
