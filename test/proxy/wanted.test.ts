import { describe, expect, it } from '@jest/globals';
import { wantedBy } from '../../src/proxy/wanted';

const NOTHING = {};
const AGENT = { 'user-agent': 'TwilioProxy/1.1' };
const by = (headers: Record<string, unknown>) =>
  wantedBy({ request: { headers: { ...AGENT, ...headers }, cookies: {} } });

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
    { range: 'bytes=0-1,4-5' },
    { range: 'bytes=5-1' },
    { range: 'bytes=-0' },
    { range: 'bytes=-' },
    { range: 'bytes=,' },
    { range: 'bytes= 0-9' },
    { range: `bytes=0-${'9'.repeat(16)}` },
    { 'if-modified-since': 'né' },
    { 'if-modified-since': '2020' },
    { 'if-modified-since': '1994-10-29T19:43:31Z' },
    { 'if-modified-since': 'Saturday, 29-Oct-94 19:43:31 GMT' },
    { 'if-modified-since': 'Sat Oct 29 19:43:31 1994' },
    { 'if-modified-since': 'Sat, 29 Oct 1994 19:43:31 UTC' },
    { 'if-modified-since': 'Sun, 29 Oct 1994 19:43:31 GMT' },
    { 'if-modified-since': 'Sat, 99 Oct 1994 99:99:99 GMT' },
    { 'if-modified-since': { toString: 'x' } },
  ])('that cannot be passed on are left out: %j', (headers) => {
    expect(by(headers)).toEqual(NOTHING);
  });

  // What Express makes of ?request=… and ?request[headers][range]=…
  const range = 'bytes=0-0';
  it.each([
    'text',
    ['text', 'text'],
    undefined,
    { headers: { range, ...AGENT } },
    { headers: { range, ...AGENT }, cookies: 'text' },
    { headers: { range, ...AGENT }, cookies: [''] },
    { headers: { range, ...AGENT }, cookies: { a: 'b' } },
    { headers: 'text', cookies: {} },
    { headers: { range, ...AGENT }, cookies: {}, more: 'text' },
    { headers: { range }, cookies: {} },
    { headers: { range, 'user-agent': [AGENT['user-agent']] }, cookies: {} },
  ])('that a parameter may have put there are not believed: %j', (request) => {
    expect(wantedBy({ request })).toEqual(NOTHING);
  });
});
