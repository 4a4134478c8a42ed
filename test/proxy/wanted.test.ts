import { describe, expect, it } from '@jest/globals';
import { wantedBy } from '../../src/proxy/wanted';

const NOTHING = {};
const by = (headers: Record<string, unknown>) => wantedBy({ request: { headers, cookies: {} } });

describe('request headers', () => {
  it('are read from the runtime', () => {
    const date = 'Sat, 29 Oct 1994 19:43:31 GMT';
    expect(
      by({ range: 'bytes=0-9', 'if-none-match': 'W/"a", "b"', 'if-modified-since': date }),
    ).toEqual({ range: 'bytes=0-9', ifNoneMatch: 'W/"a", "b"', ifModifiedSince: date });
  });

  it.each([
    { range: 'bytes=\u00e9' },
    { range: 'bytes=0-9\r\nx: y' },
    { range: ['bytes=0-1', 'bytes=2-3'] },
    { 'if-none-match': 'bare' },
    { 'if-none-match': '"a" "b"' },
    { 'if-none-match': `"${'a'.repeat(1000)}"` },
    { 'if-modified-since': 'né' },
    { 'if-modified-since': { toString: 'x' } },
  ])('that cannot be passed on are left out: %j', (headers) => {
    expect(by(headers)).toEqual(NOTHING);
  });

  // What Express makes of ?request=… and ?request[headers][range]=…
  it.each([
    'text',
    ['text', 'text'],
    undefined,
    { headers: { range: 'bytes=0-0' } },
    { headers: { range: 'bytes=0-0' }, cookies: 'text' },
    { headers: { range: 'bytes=0-0' }, cookies: [''] },
    { headers: { range: 'bytes=0-0' }, cookies: { a: 'b' } },
    { headers: 'text', cookies: {} },
    { headers: { range: 'bytes=0-0' }, cookies: {}, more: 'text' },
  ])('that a parameter may have put there are not believed: %j', (request) => {
    expect(wantedBy({ request })).toEqual(NOTHING);
  });
});
