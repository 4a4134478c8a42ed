import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assetName, assetPath, isAssetPath, readAssetName } from '../../src/sync/asset-path';
import { sidOf } from '../helpers/sync/values';

/** Twilio's rule for paths: https://www.twilio.com/docs/serverless/api/resource/asset-version */
const FORBIDDEN = /[;,?:@+&$()'"#\s]/;

const anyKey = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1024 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }),
  fc
    .array(
      fc.constantFrom('..', '.', ' ', '+', '&', ';', '営業', 'a', '%2F', '#', '?', '(1)', '.mp3'),
    )
    .map((parts) => parts.join('/')),
);

describe('assetPath', () => {
  it('is readable and keeps the ending of the key', () => {
    expect(assetPath('prompts/Café Menü (1).mp3', '"e1"')).toMatch(
      /^\/audio\/cafe-menu-1\.[0-9a-f]{16}\.[0-9a-f]{16}\.mp3$/,
    );
    expect(assetPath('prompts/営業 時間.mp3', '"e1"')).toMatch(/^\/audio\/prompt\./);
    expect(assetPath('no ending', '"e1"')).toMatch(/^\/audio\/no-ending\.[0-9a-f.]{33}$/);
  });

  it('is legal and recognised for any key', () => {
    fc.assert(
      fc.property(anyKey, fc.string(), (key, etag) => {
        const path = assetPath(key, etag);
        expect(path.length).toBeLessThan(256);
        expect(path).not.toMatch(FORBIDDEN);
        expect(isAssetPath(path)).toBe(true);
        expect(new URL(path, 'https://example.com').pathname).toBe(path);
      }),
    );
  });

  it('differs for the same name in two folders, for keys with one slug, and for new content', () => {
    const paths = [
      assetPath('a/hello.mp3', '"e1"'),
      assetPath('b/hello.mp3', '"e1"'),
      assetPath('a/hello!.mp3', '"e1"'),
      assetPath('a/hello.mp3', '"e2"'),
    ];
    expect(new Set(paths).size).toBe(paths.length);
  });

  it('is the same for the same key and content', () => {
    expect(assetPath('a.mp3', '"e1"')).toBe(assetPath('a.mp3', '"e1"'));
  });
});

describe('isAssetPath', () => {
  it.each([
    '/audio',
    '/audio/song.mp3',
    '/index.html',
    '/audio/../x',
    '/other/a.0123456789abcdef.0123456789abcdef.mp3',
  ])('%s is not ours', (path) => expect(isAssetPath(path)).toBe(false));
});

const path = assetPath('a long name, that is cut off somewhere, with 営業 時間.mp3', '"e"');
const sid = sidOf('ZN', 'version');

describe('the friendly name of an Asset', () => {
  it('is the path alone until the upload', () => {
    expect(readAssetName(assetName(path))).toEqual({ path });
  });

  it.each(['public', 'protected'] as const)(
    'tells after it what was uploaded as %s',
    (visibility) => {
      const name = assetName(path, { sid, visibility });
      expect(name.length).toBeLessThanOrEqual(255);
      expect(readAssetName(name)).toEqual({ path, uploaded: { visibility, versionSid: sid } });
    },
  );

  it.each([
    '/audio/song.mp3',
    'my asset',
    '',
    `${path} `,
    ` ${path}`,
    `${path} private ${sid}`,
    `${path} public ${sid.toUpperCase()}`,
    `${path} public`,
    `${path} not-audio`,
    `${path}\npublic ${sid}`,
    `${path} public ${sid} x`,
  ])('%j is not ours', (name) => expect(readAssetName(name)).toBeUndefined());

  it('is recognised for any key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (key, etag) => {
        const name = assetName(assetPath(key, etag), { sid, visibility: 'public' });
        expect(readAssetName(name)?.path).toBe(assetPath(key, etag));
      }),
    );
  });
});
