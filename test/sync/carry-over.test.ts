import { describe, expect, it } from '@jest/globals';
import { assetPath } from '../../src/sync/asset-path';
import { codeOf, fingerprint, manifestVersionOf, markOf } from '../../src/sync/carry-over';
import { codeNamed, sidOf, syncedBuild, toolkitBuild, version } from '../helpers/sync/values';

const code = codeNamed('deploy');
const on = toolkitBuild('deploy');
const audio = [version(assetPath('a.mp3', '"e"'))];
const synced = syncedBuild('synced', { on, code, audio });

describe('codeOf', () => {
  it('is all that the sync did not bring', () => {
    expect(codeOf(synced)).toEqual(code);
  });

  it('holds what only looks like the sync’s', () => {
    const alike = [version('/audio/song.mp3'), version('/audio-manifest/x')];
    expect(codeOf({ ...on, assets: alike, functions: alike })).toMatchObject({
      assets: alike,
      functions: alike,
    });
  });
});

describe('fingerprint', () => {
  it('does not depend on the order in which Twilio lists things', () => {
    const dependencies = [...code.dependencies, { name: 'lodash', version: '4.17.21' }];
    const whole = { ...code, dependencies };
    const reversed = {
      assets: code.assets.toReversed(),
      functions: code.functions.toReversed(),
      dependencies: dependencies.toReversed(),
      runtime: code.runtime,
    };
    expect(fingerprint(reversed)).toBe(fingerprint(whole));
  });

  it.each([
    ['a Function', { functions: [...code.functions, version('/new')] }],
    ['an asset', { assets: code.assets.slice(1) }],
    ['a package’s version', { dependencies: [{ name: 'twilio', version: '6.2.1' }] }],
    ['a package', { dependencies: [] }],
    ['the runtime', { runtime: 'node20' }],
  ])('changes with %s', (_, change) => {
    expect(fingerprint({ ...code, ...change })).not.toBe(fingerprint(code));
  });
});

describe('markOf', () => {
  it('says of what Build the sync made one', () => {
    expect(markOf(synced)).toMatchObject({ base: on.sid, code: fingerprint(code) });
    expect(manifestVersionOf(synced)?.visibility).toBe('private');
  });

  it('is none for a Build of the toolkit', () => {
    expect(markOf(on)).toBeUndefined();
  });

  it('is none for a Build that somebody made from one of the sync, with other code', () => {
    const edited = { ...synced, sid: sidOf('ZB', 'edited'), dependencies: [] };
    expect(markOf(edited)).toBeUndefined();
  });

  it('stays where only audio was changed, for the sync to mend', () => {
    expect(markOf({ ...synced, assets: code.assets })).toBeDefined();
  });
});
