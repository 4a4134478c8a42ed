import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { signProxyQuery, verifyProxyParameters } from '../../src/proxy/signed-url';

const secret = { authToken: 'token of the account', bucket: 'examplebucket' };
const now = new Date('2026-01-02T03:04:05Z');
const hours = (count: number) => new Date(now.getTime() + count * 3_600_000);

function parameters(query: string) {
  const { key = '', exp = '', sig = '' } = Object.fromEntries(new URLSearchParams(query));
  return { key, exp, sig };
}

describe('a proxy URL', () => {
  it('is genuine for any key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (key) => {
        const given = parameters(signProxyQuery(secret, key, now));
        expect(given.key).toBe(key);
        expect(verifyProxyParameters(secret, given, now)).toBe('genuine');
      }),
    );
  });

  it('is tampered with another key, expiry, bucket, account or signature', () => {
    const given = parameters(signProxyQuery(secret, 'a.mp3', now));
    const statusOf = (changes: Partial<typeof given>, changed = secret) =>
      verifyProxyParameters(changed, { ...given, ...changes }, now);
    expect(statusOf({})).toBe('genuine');
    expect(statusOf({ key: 'b.mp3' })).toBe('tampered');
    expect(statusOf({ exp: `${Number(given.exp) + 1}` })).toBe('tampered');
    expect(statusOf({ exp: ` ${given.exp}` })).toBe('tampered');
    expect(statusOf({}, { ...secret, bucket: 'other' })).toBe('tampered');
    expect(statusOf({}, { ...secret, authToken: 'other' })).toBe('tampered');
    expect(statusOf({ sig: given.sig.slice(1) })).toBe('tampered');
    expect(statusOf({ sig: given.sig.toUpperCase() })).toBe('tampered');
    expect(statusOf({ sig: 'é'.repeat(64) })).toBe('tampered');
    expect(statusOf({ sig: 'é'.repeat(32) })).toBe('tampered');
  });

  it('outlives the longest call and expires within nine hours', () => {
    fc.assert(
      fc.property(fc.date({ min: now, max: hours(48), noInvalidDate: true }), (start) => {
        const given = parameters(signProxyQuery(secret, 'a.mp3', start));
        const hoursLater = (count: number) => new Date(start.getTime() + count * 3_600_000 - 1);
        expect(verifyProxyParameters(secret, given, hoursLater(4))).toBe('genuine');
        expect(verifyProxyParameters(secret, given, hoursLater(9))).toBe('expired');
      }),
    );
  });

  it('stays the same for four hours, so that caches work', () => {
    const start = new Date('2026-01-02T04:00:00Z');
    const later = new Date('2026-01-02T07:59:59Z');
    expect(signProxyQuery(secret, 'a.mp3', later)).not.toBe(signProxyQuery(secret, 'a.mp3', start));
    expect(signProxyQuery(secret, 'a.mp3', later)).toBe(
      signProxyQuery(secret, 'a.mp3', new Date(start.getTime() + 1000)),
    );
  });
});
