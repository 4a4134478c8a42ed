import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  decodeManifest,
  encodeManifest,
  isManifestPath,
  type Manifest,
  manifestCode,
  parseManifest,
} from '../src/manifest';

const code = '0123456789abcdef';

const manifest: Manifest = {
  paths: new Map([
    ['prompts/営業 時間.mp3', '/audio/a.mp3'],
    ['__proto__', '/audio/b.mp3'],
  ]),
  retired: [{ path: '/audio/old.mp3', retiredAt: 1_700_000_000 }],
  refused: [{ key: 'notes.txt', etag: '"1"', reason: 'not audio', unplayable: true }],
};

describe('the manifest', () => {
  it('reads back what was written', () => {
    expect(decodeManifest(encodeManifest(manifest, code).source)).toEqual(manifest);
  });

  it('survives any key', () => {
    const keys = fc.uniqueArray(fc.string({ unit: 'binary' }), { maxLength: 20 });
    fc.assert(
      fc.property(keys, (names) => {
        const paths = new Map(names.map((name, index) => [name, `/audio/${index}`]));
        const { source } = encodeManifest({ ...manifest, paths }, code);
        expect(decodeManifest(source).paths).toEqual(paths);
      }),
    );
  });

  it('has one path for one content, whatever the order', () => {
    const reversed = { ...manifest, paths: new Map([...manifest.paths].reverse()) };
    expect(encodeManifest(reversed, code)).toEqual(encodeManifest(manifest, code));
  });

  it('names the code that its Build carries', () => {
    expect(manifestCode(encodeManifest(manifest, code).path)).toBe(code);
    expect(manifestCode('/voice')).toBeUndefined();
  });

  it('has another path for another content', () => {
    const other = { ...manifest, retired: [] };
    expect(encodeManifest(other, code).path).not.toBe(encodeManifest(manifest, code).path);
  });

  it('is recognised by its path, with or without the leading slash', () => {
    const { path } = encodeManifest(manifest, code);
    expect([path, path.slice(1), '/voice', `${path}/x`].map(isManifestPath)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('runs as the module that a Function requires', () => {
    const module: { exports: unknown } = { exports: {} };
    new Function('module', encodeManifest(manifest, code).source)(module);
    expect(parseManifest(module.exports)).toEqual(manifest);
  });

  it.each(['', 'module.exports = 1;', 'process.exit()', 'module.exports = {"version":2};'])(
    'refuses %j',
    (source) => expect(() => decodeManifest(source)).toThrow('audio manifest'),
  );
});
