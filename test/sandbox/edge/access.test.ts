import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { getExpectedBodyHash } from 'twilio/lib/webhooks/webhooks';
import { hostedFile, startEdge, type TestEdge } from '../../helpers/sandbox/start-edge';

const SECRET = 'nobody may read this';
const echo = 'exports.handler = (context, event, callback) => callback(null, event);';
let edge: TestEdge;

beforeAll(async () => {
  edge = await startEdge();
  await edge.deploy({
    functions: [
      hostedFile('/open', echo),
      hostedFile('/voice', echo, { visibility: 'protected' }),
      hostedFile('/library', `module.exports = '${SECRET}'`, { visibility: 'private' }),
    ],
    assets: [
      hostedFile('/prompt.mp3', 'mp3', { visibility: 'protected', contentType: 'audio/mpeg' }),
      hostedFile('/call-flow.json', SECRET, { visibility: 'private' }),
    ],
  });
});
afterAll(async () => {
  await edge.close();
});

const form = (body: string, signature: string) => ({
  method: 'POST',
  headers: {
    'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
    'x-twilio-signature': signature,
  },
  body,
});

describe('a private file', () => {
  it.each(['/library', '/library.js', '/call-flow.json', '/%63all-flow.json'])(
    'has no URL: %s',
    async (path) => {
      const headers = { 'x-twilio-signature': edge.sign(path) };
      const response = await edge.request(path, { headers });
      expect(response.status).toBe(404);
      expect(response.text).toBe('Could not find requested resource');
    },
  );
});

describe('a protected Function', () => {
  it('runs for a signed form, which reaches it whole', async () => {
    const signature = edge.sign('/voice?step=1', { From: '+8190', Digits: '1 2', Empty: '' });
    const response = await edge.request(
      '/voice?step=1',
      form('From=%2B8190&Digits=1+2&Empty=', signature),
    );
    expect(response.status).toBe(200);
    expect(JSON.parse(response.text)).toMatchObject({ step: '1', From: '+8190', Digits: '1 2' });
  });

  it('runs for a form with a repeated parameter', async () => {
    const response = await edge.request(
      '/voice',
      form('a=2&a=1', edge.sign('/voice', { a: ['2', '1'] })),
    );
    expect(response.status).toBe(200);
  });

  it('is forbidden when only the first thousand parameters are signed', async () => {
    const entries = Array.from({ length: 1_100 }, (_, index) => [`p${index}`, 'x']);
    const body = entries.map((entry) => entry.join('=')).join('&');
    const cut = edge.sign('/voice', Object.fromEntries(entries.slice(0, 1_000)));
    expect((await edge.request('/voice', form(body, cut))).status).toBe(403);
  });

  it('runs for a signed GET', async () => {
    const headers = { 'x-twilio-signature': edge.sign('/voice?a=1') };
    expect((await edge.request('/voice?a=1', { headers })).status).toBe(200);
  });

  it('runs for signed JSON, and is forbidden when the body is changed', async () => {
    const body = '{"a":1}';
    const target = `/voice?bodySHA256=${getExpectedBodyHash(body)}`;
    const headers = {
      'content-type': 'application/json',
      'x-twilio-signature': edge.sign(target),
    };
    const response = await edge.request(target, { method: 'POST', headers, body });
    expect(JSON.parse(response.text)).toMatchObject({ a: 1 });
    const changed = await edge.request(target, { method: 'POST', headers, body: '{"a":2}' });
    expect(changed.status).toBe(403);
  });

  it.each([
    ['no signature', () => ({})],
    ['an empty one', () => ({ 'x-twilio-signature': '' })],
    ['one of another URL', () => ({ 'x-twilio-signature': edge.sign('/other') })],
    ['one of a changed query', () => ({ 'x-twilio-signature': edge.sign('/voice?a=2') })],
  ])('is forbidden with %s', async (_, headers) => {
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      const response = await edge.request('/voice?a=1', { method, headers: headers() });
      expect(response.status).toBe(403);
    }
  });

  it('is forbidden when a parameter is changed, added or removed', async () => {
    const signature = edge.sign('/voice', { From: '+81', To: '+82' });
    for (const body of ['From=%2B83&To=%2B82', 'From=%2B81&To=%2B82&More=1', 'From=%2B81']) {
      expect((await edge.request('/voice', form(body, signature))).status).toBe(403);
    }
  });
});

describe('a protected Asset', () => {
  it('is served to signed requests only, appended parameters included', async () => {
    const target = '/prompt.mp3?Called=%2B81&ToState=';
    const signed = await edge.request(target, {
      headers: { 'x-twilio-signature': edge.sign(target) },
    });
    expect(signed.status).toBe(200);
    expect(signed.text).toBe('mp3');
    const unsigned = await edge.request(target);
    expect(unsigned.status).toBe(403);
    expect(unsigned.text).not.toContain('mp3');
  });
});

describe('a hostile request target', () => {
  const piece = fc.constantFrom(
    '/',
    '..',
    '.',
    '%2e',
    '%2F',
    '%',
    '%00',
    '//',
    '?',
    '&',
    '=',
    '\\',
  );
  const name = fc.constantFrom(
    'library',
    'call-flow.json',
    'voice',
    'prompt.mp3',
    'open',
    'é',
    'a',
  );
  const target = fc
    .array(fc.oneof(piece, name), { maxLength: 8 })
    .map((parts) => `/${parts.join('')}`.replace(/é/g, '%C3%A9'));

  it('neither reads a private file nor breaks the edge', async () => {
    await fc.assert(
      fc.asyncProperty(target, async (hostile) => {
        const response = await edge.request(hostile);
        expect(response.status).toBeLessThan(500);
        expect(response.text).not.toContain(SECRET);
      }),
      { numRuns: 200 },
    );
  });

  it('is 404 when it is an absolute URL', async () => {
    expect((await edge.request(`${edge.origin}/open`)).status).toBe(404);
  });
});
