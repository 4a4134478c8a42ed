import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  decodeManifest,
  decodeOwnManifest,
  encodeManifest,
  isManifestPath,
  type Manifest,
  manifestPath,
  readMarker,
} from '../src/manifest';

const fingerprint = '0123456789abcdef';
const base = `ZB${'0'.repeat(32)}`;

const manifest: Manifest = {
  paths: new Map([
    ['prompts/営業 時間.mp3', '/audio/a.mp3'],
    ['__proto__', '/audio/b.mp3'],
  ]),
  retired: new Map([['/audio/old.mp3', 1_700_000_000]]),
  refused: new Map([['notes.txt', { etag: '"1"', reason: 'not audio', unplayable: true }]]),
};

/** The text says all. */
const notRun = () => {
  throw new Error('the module was run');
};

describe('the manifest', () => {
  it('reads back what was written', () => {
    const { source } = encodeManifest(manifest);
    expect(decodeManifest(source)).toEqual(manifest);
    expect(decodeOwnManifest(source, notRun)).toEqual(manifest);
  });

  it('keeps any key', () => {
    const keys = fc.uniqueArray(fc.string({ unit: 'binary' }), { maxLength: 20 });
    const refusal = { etag: '"e"', reason: 'not audio', unplayable: true };
    fc.assert(
      fc.property(keys, (names) => {
        const any: Manifest = {
          paths: new Map(names.map((name, index) => [name, `/audio/${index}`])),
          retired: new Map(names.map((name, index) => [name, index])),
          refused: new Map(names.map((name) => [name, refusal])),
        };
        expect(decodeManifest(encodeManifest(any).source)).toEqual(any);
      }),
    );
  });

  it('of an older deploy silences nothing that merely was not recognised, and still silences the rest', () => {
    const old = {
      version: 1,
      paths: [['a.mp3', '/audio/a.mp3']],
      retired: [],
      refused: [
        ['hello.ulaw', { etag: '"1"', reason: 'not audio', unplayable: true }],
        ['cold.mp3', { etag: '"2"', reason: 'archived', unplayable: true }],
      ],
    };
    for (const decode of [decodeManifest, decodeOwnManifest]) {
      const { paths, refused } = decode(`module.exports = ${JSON.stringify(old)};\n`, notRun);
      expect([...paths.keys()]).toEqual(['a.mp3']);
      expect([...refused.keys()]).toEqual(['cold.mp3']);
    }
  });

  it('is one that the Functions of an older deploy read', () => {
    const { source } = encodeManifest(manifest);
    expect(
      JSON.parse(source.slice(source.indexOf('{'), source.lastIndexOf('}') + 1)),
    ).toMatchObject({
      version: 1,
      paths: [...manifest.paths].sort(),
      retired: [...manifest.retired],
      refused: [['notes.txt', { etag: '"1"', reason: 'not audio', unplayable: true }]],
    });
  });

  it('has one hash for one content, whatever the order', () => {
    const reversed = { ...manifest, paths: new Map([...manifest.paths].reverse()) };
    expect(encodeManifest(reversed)).toEqual(encodeManifest(manifest));
  });

  it('tells in its path what its Build was made from', () => {
    const marker = { hash: encodeManifest(manifest).hash, fingerprint, base };
    expect(readMarker(manifestPath(marker))).toEqual(marker);
    expect(readMarker('/voice')).toBeUndefined();
  });

  it('has another hash for another content', () => {
    const other = { ...manifest, retired: new Map() };
    expect(encodeManifest(other).hash).not.toBe(encodeManifest(manifest).hash);
  });

  it('is recognised by its path, with or without the leading slash', () => {
    const path = manifestPath({ hash: encodeManifest(manifest).hash, fingerprint, base });
    expect([path, path.slice(1), '/voice', `${path}/x`].map(isManifestPath)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('is run where its file has another text than a sync uploaded', () => {
    const source = `(() => { ${encodeManifest(manifest).source} })()`;
    const run = () => {
      const module: { exports: unknown } = { exports: {} };
      new Function('module', source)(module);
      return module.exports;
    };
    expect(decodeOwnManifest(source, run)).toEqual(manifest);
  });

  it.each(['', 'module.exports = 1;', 'process.exit()', 'module.exports = {"version":2};'])(
    'refuses %j',
    (source) => {
      expect(() => decodeManifest(source)).toThrow('audio manifest');
      expect(() => decodeOwnManifest(source, () => ({}))).toThrow('audio manifest');
    },
  );
});
