import { describe, expect, it } from '@jest/globals';
import { checkBundles } from '../../scripts/check-bundles';

const SIZES = new Map([
  ['audio.js', 30_000],
  ['fallback.protected.js', 48_000],
  ['menu.protected.js', 47_000],
  ['voice.protected.js', 47_000],
  ['sync.js', 180_000],
  ['status.js', 130_000],
  ['call-flow-parser.private.js', 20_000],
  ['crc.private.js', 3_000],
  ['credentials.private.js', 400_000],
  ['console', 40_000],
  ['phone page', 40_000],
]);
const problems = (sizes: ReadonlyMap<string, number>) =>
  checkBundles(sizes).flatMap(({ fits, line }) => (fits ? [] : [line]));

describe('the check of the bundles', () => {
  it('has a limit for each of them', () => {
    expect(problems(SIZES)).toEqual([]);
  });

  it('fails for one that is too large', () => {
    const large = new Map([...SIZES, ['audio.js', 10_000_000], ['console', 40_001]]);
    expect(problems(large)).toEqual([
      expect.stringMatching(/^OVER audio\.js: 10000 kB of \d+ kB$/),
      'OVER console: 41 kB of 40 kB',
    ]);
  });

  it('fails for a Function without a limit, and for a limit without a Function', () => {
    const renamed = new Map([...SIZES, ['farewell.protected.js', 12_345]]);
    renamed.delete('sync.js');
    expect(problems(renamed)).toEqual([
      'GONE sync.js: there is no such bundle any more. Remove its line.',
      'NEW  farewell.protected.js: 13 kB without a limit. Give it a line in scripts/check-bundles.ts.',
    ]);
  });
});
