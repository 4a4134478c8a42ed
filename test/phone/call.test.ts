import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { validateRequest } from 'twilio/lib/webhooks/webhooks';
import { call, playTwiml, TooManyStepsError, TwilioError } from '../../phone';
import {
  ACCOUNT_SID,
  AUTH_TOKEN,
  audio,
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

const form = (index: number) =>
  Object.fromEntries(new URLSearchParams(server.received[index]?.body ?? ''));
const targets = () => server.received.map(({ method, target }) => `${method} ${target}`);

describe('the voice webhook', () => {
  it("is a form of the call's parameters, signed", async () => {
    server.replies['/voice'] = twiml('');
    const voiceUrl = `${server.origin}/voice?x=1`;
    const { steps, summary } = await walk(call(callOptions(server, { voiceUrl })));
    const [request] = server.received;
    expect(targets()).toEqual(['POST /voice?x=1']);
    expect(request?.headers).toMatchObject({
      'user-agent': 'TwilioProxy/1.1',
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
    });
    expect(form(0)).toMatchObject({
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
    expect(validateRequest(AUTH_TOKEN, signature, voiceUrl, form(0))).toBe(true);
    expect(validateRequest('another token', signature, voiceUrl, form(0))).toBe(false);
    expect(steps[0]).toMatchObject({
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

  it('has a Call SID of its own for every call', async () => {
    server.replies['/voice'] = twiml('');
    const options = callOptions(server, { callSid: undefined });
    const sids = [];
    for (const _ of [1, 2]) sids.push((await walk(call(options))).summary.callSid);
    expect(sids[0]).toMatch(/^CA[0-9a-f]{32}$/);
    expect(sids[0]).not.toBe(sids[1]);
  });
});

describe('a Gather', () => {
  beforeEach(() => {
    server.replies['/voice'] = twiml(
      `<Gather numDigits="1" action="/menu?state=a%2Fb&amp;n=1"><Play>/a.mp3</Play><Say>press</Say>
       <Pause length="2"/></Gather><Say>nobody pressed</Say>`,
    );
    server.replies['/menu'] = twiml('<Say>menu</Say>');
    server.replies['/a.mp3'] = audio();
  });

  it('plays what is nested in it, then sends the digits to its action', async () => {
    const { steps } = await walk(call(callOptions(server, { digits: ['5'] })));
    expect(steps.map(({ verb }) => verb)).toEqual([
      'voice',
      'Gather › Play',
      'Gather › Say',
      'Gather › Pause',
      'Gather',
      'Gather action',
      'Say',
    ]);
    expect(steps[4]).toMatchObject({ digits: '5' });
    expect(targets()).toEqual(['POST /voice', 'GET /a.mp3', 'POST /menu?state=a%2Fb&n=1']);
    expect(form(2)).toMatchObject({ Digits: '5', CallStatus: 'in-progress' });
    const signature = String(server.received[2]?.headers['x-twilio-signature']);
    const url = `${server.origin}/menu?state=a%2Fb&n=1`;
    expect(validateRequest(AUTH_TOKEN, signature, url, form(2))).toBe(true);
  });

  it.each([[[]], [['']], [['#']]])('falls through to the next verb with %j', async (digits) => {
    const { steps } = await walk(call(callOptions(server, { digits })));
    expect(steps.at(-1)).toMatchObject({ verb: 'Say', text: 'nobody pressed' });
    expect(targets()).toEqual(['POST /voice', 'GET /a.mp3']);
  });

  it('asks its action for a silent caller when told to', async () => {
    server.replies['/voice'] = twiml('<Gather action="/menu" actionOnEmptyResult="true"/>');
    await walk(call(callOptions(server)));
    expect(form(1)).toMatchObject({ Digits: '' });
  });

  it('sends the digits in the query when its method is GET', async () => {
    server.replies['/voice'] = twiml('<Gather action="/menu?a=1" method="GET"/>');
    await walk(call(callOptions(server, { digits: ['12'] })));
    const { target = '', headers, body } = server.received[1] ?? {};
    expect(target).toMatch(/^\/menu\?a=1&Called=%2B81.*&Digits=12$/);
    expect(body).toBe('');
    const signature = String(headers?.['x-twilio-signature']);
    expect(validateRequest(AUTH_TOKEN, signature, server.origin + target, {})).toBe(true);
  });

  it('asks its own document when it has no action, without the parameters of a GET', async () => {
    server.replies['/voice'] = twiml('<Redirect method="GET">/again?a=1</Redirect>');
    server.replies['/again'] = ({ method }) => twiml(method === 'GET' ? '<Gather/>' : '');
    await walk(call(callOptions(server, { digits: ['1'] })));
    expect(server.received[2]).toMatchObject({ method: 'POST', target: '/again?a=1' });
  });

  it('has an entry of the digits for itself', async () => {
    server.replies['/voice'] = twiml('<Gather action="/one"/>');
    server.replies['/one'] = twiml('<Gather/><Gather action="/two"/>');
    server.replies['/two'] = twiml('<Hangup/>');
    const { summary } = await walk(call(callOptions(server, { digits: ['1', '', '23'] })));
    expect([form(1).Digits, form(2).Digits]).toEqual(['1', '23']);
    expect(summary.ended).toBe('Hangup');
  });

  it('cannot be given what is not on a keypad', () => {
    expect(() => call(callOptions(server, { digits: ['1', 'x'] }))).toThrow(RangeError);
  });
});

describe('a verb that leads elsewhere', () => {
  it.each([
    ['Hangup', '<Hangup/><Say>unheard</Say>'],
    ['Reject', '<Reject reason="busy"/><Say>unheard</Say>'],
  ])('%s ends the call', async (ended, verbs) => {
    server.replies['/voice'] = twiml(verbs);
    const { steps, summary } = await walk(call(callOptions(server)));
    expect(steps.map(({ verb }) => verb)).toEqual(['voice', ended]);
    expect(summary.ended).toBe(ended);
  });

  it('Redirect goes on at its URL, and what follows it is not heard', async () => {
    server.replies['/voice'] = twiml('<Redirect>/next?a=1&amp;b=2</Redirect><Say>unheard</Say>');
    server.replies['/next'] = twiml('<Say>next</Say>');
    const { steps } = await walk(call(callOptions(server)));
    expect(steps.map(({ verb }) => verb)).toEqual(['voice', 'Redirect', 'Redirect', 'Say']);
    expect(targets()[1]).toBe('POST /next?a=1&b=2');
  });

  it('Dial is noted, not made, and asks its action as for a call that nobody answers', async () => {
    server.replies['/voice'] = twiml(
      '<Dial timeout="20" action="/after"><Number>+81501</Number></Dial><Say>unheard</Say>',
    );
    server.replies['/after'] = twiml('<Dial>+81502</Dial><Say>goodbye</Say>');
    const { steps } = await walk(call(callOptions(server)));
    expect(steps.map(({ verb }) => verb)).toEqual(['voice', 'Dial', 'Dial action', 'Dial', 'Say']);
    expect(steps[1]).toMatchObject({ text: '+81501', attributes: { timeout: '20' } });
    expect(form(1)).toMatchObject({ DialCallStatus: 'no-answer' });
  });

  it('Record is noted, and goes on as after silence', async () => {
    server.replies['/voice'] = twiml('<Record maxLength="30" action="/done"/><Say>nothing</Say>');
    const { steps } = await walk(call(callOptions(server)));
    expect(steps.map(({ verb }) => verb)).toEqual(['voice', 'Record', 'Say']);
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

  it.each(failures)('with %i (%s) reaches the fallback URL', async (code, _, reply) => {
    server.replies['/voice'] = reply;
    server.replies['/fallback'] = twiml('<Say>sorry</Say>');
    const fallbackUrl = `${server.origin}/fallback`;
    const { steps, summary } = await walk(call(callOptions(server, { fallbackUrl })));
    expect(steps[0]).toMatchObject({ verb: 'voice', errorCode: code });
    expect(form(1)).toMatchObject({
      ErrorCode: String(code),
      ErrorUrl: `${server.origin}/voice`,
      CallSid: `CA${'0'.repeat(32)}`,
      CallStatus: 'in-progress',
    });
    const signature = String(server.received[1]?.headers['x-twilio-signature']);
    expect(validateRequest(AUTH_TOKEN, signature, fallbackUrl, form(1))).toBe(true);
    expect(steps.at(-1)).toMatchObject({ verb: 'Say', text: 'sorry' });
    expect(summary).toMatchObject({ ended: 'end of TwiML', errorCodes: [code] });
  });

  it('fails with 11205 when it does not answer in time', async () => {
    server.replies['/voice'] = { instead: () => undefined };
    const { steps, summary } = await walk(call(callOptions(server, { timeoutMs: 50 })));
    expect(steps[0]).toMatchObject({ errorCode: 11205 });
    expect(summary).toMatchObject({ ended: 'application error', errorCode: 11205 });
  });

  it('is named with its action when a Gather leads to it', async () => {
    server.replies['/voice'] = twiml('<Gather action="/menu?n=1"/>');
    server.replies['/fallback'] = twiml('<Redirect>/voice2</Redirect>');
    server.replies['/voice2'] = twiml('<Hangup/>');
    const fallbackUrl = `${server.origin}/fallback`;
    const { summary } = await walk(call(callOptions(server, { fallbackUrl, digits: ['1'] })));
    expect(form(2)).toMatchObject({ ErrorCode: '11200', ErrorUrl: `${server.origin}/menu?n=1` });
    expect(summary).toMatchObject({ ended: 'Hangup', errorCodes: [11200] });
  });

  it('ends the call when there is no fallback URL', async () => {
    const { summary } = await walk(call(callOptions(server)));
    expect(summary).toMatchObject({ ended: 'application error', errorCode: 11200 });
  });

  it('ends the call when the fallback URL fails too', async () => {
    server.replies['/fallback'] = { status: 500 };
    const fallbackUrl = `${server.origin}/fallback`;
    const { steps, summary } = await walk(call(callOptions(server, { fallbackUrl })));
    expect(steps.map(({ verb }) => verb)).toEqual(['voice', 'fallback']);
    expect(summary).toMatchObject({ ended: 'application error', errorCodes: [11200, 11200] });
  });

  it.each(['ftp://example.com/menu', 'http://exa mple/menu', 'http://[/menu'])(
    'fails with 11100 when its URL is %s',
    async (action) => {
      server.replies['/voice'] = twiml(`<Redirect>${action}</Redirect>`);
      const { steps } = await walk(call(callOptions(server)));
      expect(steps.at(-1)).toMatchObject({ verb: 'Redirect', url: action, errorCode: 11100 });
    },
  );
});

describe('TwiML that leads back to itself', () => {
  it('is cut', async () => {
    server.replies['/voice'] = twiml('<Redirect>/voice</Redirect>');
    const steps = call(callOptions(server, { maxSteps: 10 }));
    await expect(walk(steps)).rejects.toThrow(TooManyStepsError);
    expect(server.received).toHaveLength(6);
  });

  it('is not cut at its last step', async () => {
    server.replies['/voice'] = twiml('<Say>a</Say>');
    expect((await walk(call(callOptions(server, { maxSteps: 2 })))).steps).toHaveLength(2);
  });
});

describe('a TwiML document without a webhook', () => {
  it('is performed', async () => {
    server.replies['/a.mp3'] = audio();
    server.replies['/menu'] = twiml('<Hangup/>');
    const document = `<Response><Play>${server.origin}/a.mp3</Play>
      <Gather action="${server.origin}/menu"/></Response>`;
    const { steps, summary } = await walk(playTwiml(document, phoneOptions({ digits: ['1'] })));
    expect(steps.map(({ verb }) => verb)).toEqual(['Play', 'Gather', 'Gather action', 'Hangup']);
    expect(summary.ended).toBe('Hangup');
  });

  it('has nowhere to send digits without an action', async () => {
    const { summary } = await walk(
      playTwiml('<Response><Gather/></Response>', phoneOptions({ digits: ['1'] })),
    );
    expect(summary).toMatchObject({ ended: 'application error', errorCode: 11100 });
  });

  it('is refused when it is not TwiML', () => {
    expect(() => playTwiml('<Response><Sing/></Response>', phoneOptions())).toThrow(TwilioError);
  });
});
