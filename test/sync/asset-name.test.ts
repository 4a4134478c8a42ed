import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assetName, readAssetName, refusedName } from '../../src/sync/asset-name';
import { assetPath } from '../../src/sync/asset-path';
import { sidOf } from '../helpers/sync/values';

const path = assetPath('a long name, that is cut off somewhere, with 営業 時間.mp3', '"e"');
const sid = sidOf('ZN', 'version');

describe('the name of an Asset', () => {
  it('says the path alone until the upload', () => {
    expect(readAssetName(assetName(path))).toEqual({ path });
  });

  it.each(['public', 'protected'] as const)(
    'says after it what was uploaded as %s',
    (visibility) => {
      const name = assetName(path, { sid, visibility });
      expect(name.length).toBeLessThanOrEqual(255);
      expect(readAssetName(name)).toEqual({ path, uploaded: { visibility, versionSid: sid } });
    },
  );

  it('says that the bytes are not audio', () => {
    expect(readAssetName(refusedName(path))).toEqual({ path, refused: true });
  });

  it.each([
    '/audio/song.mp3',
    'my asset',
    '',
    `${path} `,
    ` ${path}`,
    `${path} private ${sid}`,
    `${path} public ${sid.toUpperCase()}`,
    `${path} public`,
    `${path} public ${sid} not-audio`,
    `${path}\npublic ${sid}`,
    `${path} public ${sid} x`,
  ])('%j is not ours', (name) => expect(readAssetName(name)).toBeUndefined());

  it('is ours for any key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (key, etag) => {
        const name = assetName(assetPath(key, etag), { sid, visibility: 'public' });
        expect(readAssetName(name)?.path).toBe(assetPath(key, etag));
      }),
    );
  });
});
