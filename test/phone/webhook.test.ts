import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import express from 'express';
import { validateRequest, webhook } from 'twilio/lib/webhooks/webhooks';
import { call } from '../../phone';
import { type Listening, listen } from '../../sandbox/listen';
import {
  ACCOUNT_SID,
  AUTH_TOKEN,
  callOptions,
  phoneOptions,
  type Reply,
  startServer,
  type TestServer,
  twiml,
  walk,
} from '../helpers/phone/server';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.received.splice(0);
  server.replies = {};
});

describe('the voice webhook', () => {
  test("is a form of the call's parameters, signed", async () => {
    server.replies['/voice'] = twiml('');
    const voiceUrl = `${server.origin}/voice?x=1`;
    const { events, summary } = await walk(call(callOptions(server, { voiceUrl })));
    const [request] = server.received;
    expect(server.targets()).toEqual(['POST /voice?x=1']);
    expect(request?.headers).toMatchObject({
      'user-agent': 'TwilioProxy/1.1',
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
    });
    expect(server.form(0)).toMatchObject({
      CallSid: `CA${'0'.repeat(32)}`,
      AccountSid: ACCOUNT_SID,
      From: '+819012345678',
      Caller: '+819012345678',
      To: '+815012345678',
      Called: '+815012345678',
      CallStatus: 'ringing',
      ApiVersion: '2010-04-01',
      Direction: 'inbound',
      FromCountry: 'JP',
      ToCity: '',
    });
    const signature = String(request?.headers['x-twilio-signature']);
    expect(validateRequest(AUTH_TOKEN, signature, voiceUrl, server.form(0))).toBe(true);
    expect(validateRequest('another token', signature, voiceUrl, server.form(0))).toBe(false);
    expect(events[0]).toMatchObject({
      kind: 'webhook',
      verb: 'voice',
      status: 200,
      milliseconds: 0,
    });
    expect(summary).toEqual({
      callSid: `CA${'0'.repeat(32)}`,
      ended: 'end of TwiML',
      errorCodes: [],
    });
  });

  test('has a Call SID of its own for every call', async () => {
    server.replies['/voice'] = twiml('');
    const options = callOptions(server, { callSid: undefined });
    const sids = [];
    for (const _ of [1, 2]) sids.push((await walk(call(options))).summary.callSid);
    expect(sids[0]).toMatch(/^CA[0-9a-f]{32}$/);
    expect(sids[0]).not.toBe(sids[1]);
  });
});

describe('a webhook that fails', () => {
  const xml = { 'content-type': 'text/xml' };
  const failures: [number, string, Reply][] = [
    [11200, 'a status', { ...twiml(''), status: 503 }],
    [11200, 'a redirect', { status: 302, headers: { location: '/elsewhere' } }],
    [12300, 'JSON', { headers: { 'content-type': 'application/json' }, body: '{}' }],
    [12300, 'text', { ...twiml(''), headers: { 'content-type': 'text/plain' } }],
    [12300, 'no type', { body: '<Response/>' }],
    [12100, 'no XML', { headers: xml, body: 'oops' }],
    [12200, 'no TwiML', twiml('<Sing/>')],
    [11750, 'too much', twiml(`<Say>${'a'.repeat(65 * 1024)}</Say>`)],
    [11205, 'a broken connection', { instead: (socket) => socket.destroy() }],
    [11206, 'no HTTP', { instead: (socket) => socket.end('hello\r\n\r\n') }],
  ];

  test.each(failures)('with %i (%s) leads to the fallback URL', async (code, _, reply) => {
    server.replies['/voice'] = reply;
    server.replies['/fallback'] = twiml('<Say>sorry</Say>');
    const fallbackUrl = `${server.origin}/fallback`;
    const { events, summary } = await walk(call(callOptions(server, { fallbackUrl })));
    expect(events[0]).toMatchObject({ verb: 'voice', errorCode: code });
    expect(server.form(1)).toMatchObject({
      ErrorCode: String(code),
      ErrorUrl: `${server.origin}/voice`,
      CallSid: `CA${'0'.repeat(32)}`,
      CallStatus: 'in-progress',
    });
    const signature = String(server.received[1]?.headers['x-twilio-signature']);
    expect(validateRequest(AUTH_TOKEN, signature, fallbackUrl, server.form(1))).toBe(true);
    expect(events.at(-1)).toMatchObject({ verb: 'Say', text: 'sorry' });
    expect(summary).toMatchObject({ ended: 'end of TwiML', errorCodes: [code] });
  });

  test('fails with 11205 if it does not answer in time', async () => {
    server.replies['/voice'] = { instead: () => undefined };
    const voiceUrl = `${server.origin}/voice#rt=100`;
    const { events, summary } = await walk(call(callOptions(server, { voiceUrl })));
    expect(events[0]).toMatchObject({ errorCode: 11205 });
    expect(summary).toMatchObject({ ended: 'application error', errorCode: 11205 });
  });

  test('is named in ErrorUrl with its query', async () => {
    server.replies['/voice'] = twiml('<Gather action="/menu?n=1"/>');
    server.replies['/fallback'] = twiml('<Redirect>/voice2</Redirect>');
    server.replies['/voice2'] = twiml('<Hangup/>');
    const fallbackUrl = `${server.origin}/fallback`;
    const { summary } = await walk(call(callOptions(server, { fallbackUrl, digits: ['1'] })));
    expect(server.form(2)).toMatchObject({
      ErrorCode: '11200',
      ErrorUrl: `${server.origin}/menu?n=1`,
    });
    expect(summary).toMatchObject({ ended: 'Hangup', errorCodes: [11200] });
  });

  test('ends the call if there is no fallback URL', async () => {
    const { summary } = await walk(call(callOptions(server)));
    expect(summary).toMatchObject({ ended: 'application error', errorCode: 11200 });
  });

  test('ends the call if the fallback URL fails, too', async () => {
    server.replies['/fallback'] = { status: 500 };
    const fallbackUrl = `${server.origin}/fallback`;
    const { events, summary } = await walk(call(callOptions(server, { fallbackUrl })));
    expect(events.map(({ verb }) => verb)).toEqual(['voice', 'fallback']);
    expect(summary).toMatchObject({ ended: 'application error', errorCodes: [11200, 11200] });
  });

  test.each(['ftp://example.com/menu', 'http://exa mple/menu', 'http://[/menu'])(
    'fails with 11100 if its URL is %s',
    async (action) => {
      server.replies['/voice'] = twiml(`<Redirect>${action}</Redirect>`);
      const { events } = await walk(call(callOptions(server)));
      expect(events.at(-1)).toMatchObject({ verb: 'Redirect', url: action, errorCode: 11100 });
    },
  );
});

let application: Listening | undefined;
afterEach(() => application?.close());

/** An application of somebody else's: Express, and the twilio library's own middleware. */
async function startApplication(): Promise<string> {
  const app = express();
  app.use(express.urlencoded({ extended: false }));
  app.use(webhook(AUTH_TOKEN, { protocol: 'http' }));
  app.post('/voice', (_, response) => {
    response
      .type('text/xml')
      .send('<Response><Gather action="/menu?n=1" method="GET"/></Response>');
  });
  app.get('/menu', ({ query }, response) => {
    const say = `<Say>${query.n} and ${query.Digits}</Say>`;
    response.type('text/xml').send(`<Response>${say}<Redirect>/end</Redirect></Response>`);
  });
  app.post('/end', (_, response) => {
    response.type('text/xml').send('<Response><Hangup/></Response>');
  });
  application = await listen(app);
  return `${application.url}/voice`;
}

describe('the webhooks of a call', () => {
  test('pass the middleware of the twilio library, by POST and by GET', async () => {
    const voiceUrl = await startApplication();
    const options = { ...phoneOptions({ digits: ['7'] }), voiceUrl };
    const { events, summary } = await walk(call(options));
    expect(summary).toMatchObject({ ended: 'Hangup', errorCodes: [] });
    expect(events).toContainEqual(expect.objectContaining({ verb: 'Say', text: '1 and 7' }));
  });

  test('are refused by it if they are signed with another token', async () => {
    const voiceUrl = await startApplication();
    const options = { ...phoneOptions({ authToken: 'another token' }), voiceUrl };
    const { events } = await walk(call(options));
    expect(events).toMatchObject([{ verb: 'voice', status: 403 }]);
  });
});
