import { describe, expect, it } from '@jest/globals';
import { EMPTY_MANIFEST, type Manifest } from '../../src/manifest';
import { assetPath } from '../../src/sync/asset-path';
import { inferManifest } from '../../src/sync/observe';
import { deployNamed, object, syncedBuild, toolkitBuild, version } from '../helpers/sync/values';

const keys = ['a.mp3', 'menu/a.mp3', '営業 時間.mp3'];
const pathOf = (key: string) => assetPath(key, object(key).etag);
const paths = new Map(keys.map((key) => [key, pathOf(key)]));
const listing = [...keys, 'other.mp3'].map((key) => object(key, { content: 'replaced since' }));
const base = toolkitBuild('deploy');

const build = (manifest: Partial<Manifest>, held: Iterable<string> = paths.values()) =>
  syncedBuild('synced', {
    on: base,
    carryOver: deployNamed('deploy'),
    audio: [...held].map((path) => version(path)),
    manifest: { ...EMPTY_MANIFEST, paths, ...manifest },
  });

describe('inferManifest', () => {
  it('tells the manifest of a Build by its Assets and the keys of the bucket', () => {
    expect(inferManifest(build({}), listing)).toEqual({ ...EMPTY_MANIFEST, paths });
  });

  it('tells an empty manifest', () => {
    expect(inferManifest(build({ paths: new Map() }, []), listing)).toEqual(EMPTY_MANIFEST);
  });

  const gone = pathOf('gone.mp3');
  const entry = { etag: '"e"', reason: 'not audio', unplayable: true };
  it.each<[string, Partial<Manifest>, string[]]>([
    ['a retired path', { retired: new Map([[gone, 1]]) }, [gone]],
    [
      'the earlier content of a key, retired',
      { retired: new Map([[assetPath('a.mp3', '"e"'), 1]]) },
      [assetPath('a.mp3', '"e"')],
    ],
    ['a key that S3 has no more', { paths: new Map([...paths, ['gone.mp3', gone]]) }, [gone]],
    ['a refusal', { refused: new Map([['notes.mp3', entry]]) }, []],
  ])('leaves it to be read where it has %s', (_, manifest, more) => {
    expect(inferManifest(build(manifest, [...paths.values(), ...more]), listing)).toBeUndefined();
  });

  it('leaves it to be read where somebody made the Build from one of the sync', () => {
    const theirs = { ...build({}), runtime: 'node24' };
    expect(inferManifest(theirs, listing)).toBeUndefined();
    expect(inferManifest(base, listing)).toBeUndefined();
  });
});
