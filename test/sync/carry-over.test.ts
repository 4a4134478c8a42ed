import { describe, expect, it } from '@jest/globals';
import { assetPath } from '../../src/sync/asset-path';
import { carryOverOf, fingerprint, manifestVersionOf, markerOf } from '../../src/sync/carry-over';
import { deployNamed, sidOf, syncedBuild, toolkitBuild, version } from '../helpers/sync/values';

const carryOver = deployNamed('deploy');
const on = toolkitBuild('deploy');
const audio = [version(assetPath('a.mp3', '"e"'))];
const synced = syncedBuild('synced', { on, carryOver, audio });

describe('carryOverOf', () => {
  it('is all of a Build that the sync did not add', () => {
    expect(carryOverOf(synced)).toEqual(carryOver);
  });

  it('holds what only looks like the sync’s own', () => {
    const alike = [version('/audio/song.mp3'), version('/audio-manifest/x')];
    expect(carryOverOf({ ...on, assets: alike, functions: alike })).toMatchObject({
      assets: alike,
      functions: alike,
    });
  });
});

describe('fingerprint', () => {
  it('does not depend on the order in which Twilio lists things', () => {
    const dependencies = [...carryOver.dependencies, { name: 'lodash', version: '4.17.21' }];
    const whole = { ...carryOver, dependencies };
    const reversed = {
      assets: carryOver.assets.toReversed(),
      functions: carryOver.functions.toReversed(),
      dependencies: dependencies.toReversed(),
      runtime: carryOver.runtime,
    };
    expect(fingerprint(reversed)).toBe(fingerprint(whole));
  });

  it.each([
    ['a Function', { functions: [...carryOver.functions, version('/new')] }],
    ['an asset', { assets: carryOver.assets.slice(1) }],
    ['a package’s version', { dependencies: [{ name: 'twilio', version: '6.2.1' }] }],
    ['a package', { dependencies: [] }],
    ['the runtime', { runtime: 'node20' }],
  ])('changes with %s', (_, change) => {
    expect(fingerprint({ ...carryOver, ...change })).not.toBe(fingerprint(carryOver));
  });
});

describe('markerOf', () => {
  it('tells from which Build the sync made another', () => {
    expect(markerOf(synced)).toMatchObject({ base: on.sid, fingerprint: fingerprint(carryOver) });
    expect(manifestVersionOf(synced)?.visibility).toBe('private');
  });

  it('is undefined for a Build of the toolkit', () => {
    expect(markerOf(on)).toBeUndefined();
  });

  it('is undefined for a Build that somebody made from one of the sync with other contents', () => {
    const edited = { ...synced, sid: sidOf('ZB', 'edited'), dependencies: [] };
    expect(markerOf(edited)).toBeUndefined();
  });

  it('is there when only audio was changed, so that the sync repairs it', () => {
    expect(markerOf({ ...synced, assets: carryOver.assets })).toBeDefined();
  });
});
