import { describe, expect, it } from '@jest/globals';
import { freshnessOf } from '../../src/proxy/freshness';

const HOUR = 3_600_000;

describe('an object in memory, for which 60 seconds are configured', () => {
  it.each([
    [undefined, { fresh: 60_000, stale: HOUR }],
    ['', { fresh: 60_000, stale: HOUR }],
    ['public, max-age=31536000, immutable', { fresh: 60_000, stale: HOUR }],
    ['max-age=10', { fresh: 10_000, stale: HOUR }],
    ['MAX-AGE="10"', { fresh: 10_000, stale: HOUR }],
    ['max-age=50,s-maxage=20', { fresh: 20_000, stale: HOUR }],
    ['max-age=0', { fresh: 0, stale: HOUR }],
    ['max-age=soon', { fresh: 60_000, stale: HOUR }],
    ['no-cache', { fresh: 0, stale: HOUR }],
    ['no-cache="set-cookie"', { fresh: 0, stale: HOUR }],
    ['private , must-revalidate', { fresh: 60_000, stale: 0 }],
    ['public , No-Store', undefined],
  ])('stored with Cache-Control %j', (cacheControl, freshness) => {
    expect(freshnessOf(cacheControl, 60)).toEqual(freshness);
  });
});
