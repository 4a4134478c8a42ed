import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { validateRequest } from 'twilio/lib/webhooks/webhooks';
import {
  CallError,
  call,
  playTwiml,
  type SendRequest,
  sendRequest,
  TooManyEventsError,
} from '../../phone';
import { gatherDigits } from '../../phone/keypad';
import {
  AUTH_TOKEN,
  audio,
  callOptions,
  phoneOptions,
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

describe('a Gather', () => {
  beforeEach(() => {
    server.replies['/voice'] = twiml(
      `<Gather numDigits="1" action="/menu?state=a%2Fb&amp;n=1"><Play>/a.mp3</Play><Say>press</Say>
       <Pause length="2"/></Gather><Say>nobody pressed</Say>`,
    );
    server.replies['/menu'] = twiml('<Say>menu</Say>');
    server.replies['/a.mp3'] = audio();
  });

  test('plays what is nested in it, then sends the digits to its action', async () => {
    const { events } = await walk(call(callOptions(server, { digits: ['5'] })));
    expect(events.map(({ verb }) => verb)).toEqual([
      'voice',
      'Gather › Play',
      'Gather › Say',
      'Gather › Pause',
      'Gather',
      'Gather action',
      'Say',
    ]);
    expect(events[4]).toMatchObject({ digits: '5' });
    expect(server.targets()).toEqual(['POST /voice', 'GET /a.mp3', 'POST /menu?state=a%2Fb&n=1']);
    expect(server.form(2)).toMatchObject({ Digits: '5', CallStatus: 'in-progress' });
    const signature = String(server.received[2]?.headers['x-twilio-signature']);
    const url = `${server.origin}/menu?state=a%2Fb&n=1`;
    expect(validateRequest(AUTH_TOKEN, signature, url, server.form(2))).toBe(true);
  });

  test.each([[[]], [['']], [['#']]])('falls through to the next verb with %j', async (digits) => {
    const { events } = await walk(call(callOptions(server, { digits })));
    expect(events.at(-1)).toMatchObject({ verb: 'Say', text: 'nobody pressed' });
    expect(server.targets()).toEqual(['POST /voice', 'GET /a.mp3']);
  });

  test('requests its action for a silent caller if actionOnEmptyResult says so', async () => {
    server.replies['/voice'] = twiml('<Gather action="/menu" actionOnEmptyResult="true"/>');
    await walk(call(callOptions(server)));
    expect(server.form(1)).toMatchObject({ Digits: '' });
  });

  test('sends the digits in the query when its method is GET', async () => {
    server.replies['/voice'] = twiml('<Gather action="/menu?a=1" method="GET"/>');
    await walk(call(callOptions(server, { digits: ['12'] })));
    const { target = '', headers, body } = server.received[1] ?? {};
    expect(target).toMatch(/^\/menu\?a=1&Called=%2B81.*&Digits=12$/);
    expect(body).toBe('');
    const signature = String(headers?.['x-twilio-signature']);
    expect(validateRequest(AUTH_TOKEN, signature, server.origin + target, {})).toBe(true);
  });

  test('without an action requests its own document again, without the parameters of a GET', async () => {
    server.replies['/voice'] = twiml('<Redirect method="GET">/again?a=1</Redirect>');
    server.replies['/again'] = ({ method }) => twiml(method === 'GET' ? '<Gather/>' : '');
    await walk(call(callOptions(server, { digits: ['1'] })));
    expect(server.received[2]).toMatchObject({ method: 'POST', target: '/again?a=1' });
  });

  test('takes one entry of the digits', async () => {
    server.replies['/voice'] = twiml('<Gather action="/one"/>');
    server.replies['/one'] = twiml('<Gather/><Gather action="/two"/>');
    server.replies['/two'] = twiml('<Hangup/>');
    const { summary } = await walk(call(callOptions(server, { digits: ['1', '', '23'] })));
    expect([server.form(1).Digits, server.form(2).Digits]).toEqual(['1', '23']);
    expect(summary.ended).toBe('Hangup');
  });

  test('does not take digits that are not on a keypad', () => {
    expect(() => call(callOptions(server, { digits: ['1', 'x'] }))).toThrow(RangeError);
  });
});

describe('the keys of a Gather', () => {
  test.each([
    ['include all keys until silence', '123', {}, '123'],
    ['end at #', '12#3', {}, '12'],
    ['end at the finishOnKey', '1*2', { finishOnKey: '*' }, '1'],
    ['include # if the finishOnKey is another', '1#2', { finishOnKey: '*' }, '1#2'],
    ['include every key if no key finishes', '1#*', { finishOnKey: '' }, '1#*'],
    ['are numDigits at most', '1234', { numDigits: '2' }, '12'],
    ['are fewer if the finishing key comes first', '1#2', { numDigits: '3' }, '1'],
    ['are none if only the finishing key is pressed', '#', {}, ''],
    [
      'include # in numDigits if it does not finish',
      '#',
      { finishOnKey: '*', numDigits: '1' },
      '#',
    ],
    ['are none for a silent caller', '', { numDigits: '1' }, ''],
    ['are none if the input is speech', '1', { input: 'speech' }, ''],
    ['are taken if the input is both', '1', { input: 'dtmf speech' }, '1'],
  ])('%s', (_, keys, attributes, digits) => {
    expect(gatherDigits(keys, { attributes })).toBe(digits);
  });
});
describe('a verb that leads elsewhere', () => {
  test.each([
    ['Hangup', '<Hangup/><Say>unplayed</Say>'],
    ['Reject', '<Reject reason="busy"/><Say>unplayed</Say>'],
  ])('%s ends the call', async (ended, verbs) => {
    server.replies['/voice'] = twiml(verbs);
    const { events, summary } = await walk(call(callOptions(server)));
    expect(events.map(({ verb }) => verb)).toEqual(['voice', ended]);
    expect(summary.ended).toBe(ended);
  });

  test('Redirect goes on at its URL, and what follows it is not performed', async () => {
    server.replies['/voice'] = twiml('<Redirect>/next?a=1&amp;b=2</Redirect><Say>unplayed</Say>');
    server.replies['/next'] = twiml('<Say>next</Say>');
    const { events } = await walk(call(callOptions(server)));
    expect(events.map(({ verb }) => verb)).toEqual(['voice', 'Redirect', 'Redirect', 'Say']);
    expect(server.targets()[1]).toBe('POST /next?a=1&b=2');
  });

  test('Dial calls nobody, and requests its action with no-answer', async () => {
    server.replies['/voice'] = twiml(
      '<Dial timeout="20" action="/after"><Number>+81501</Number></Dial><Say>unplayed</Say>',
    );
    server.replies['/after'] = twiml('<Dial>+81502</Dial><Say>goodbye</Say>');
    const { events } = await walk(call(callOptions(server)));
    expect(events.map(({ verb }) => verb)).toEqual(['voice', 'Dial', 'Dial action', 'Dial', 'Say']);
    expect(events[1]).toMatchObject({ text: '+81501', attributes: { timeout: '20' } });
    expect(server.form(1)).toMatchObject({ DialCallStatus: 'no-answer' });
  });

  test('Record records nothing, and goes on with the next verb', async () => {
    server.replies['/voice'] = twiml('<Record maxLength="30" action="/done"/><Say>nothing</Say>');
    const { events } = await walk(call(callOptions(server)));
    expect(events.map(({ verb }) => verb)).toEqual(['voice', 'Record', 'Say']);
  });
});

describe('a call whose options say what happens', () => {
  beforeEach(() => {
    server.replies['/after'] = twiml('<Hangup/>');
  });

  test.each(['completed', 'busy', 'failed', 'canceled', 'no-answer'] as const)(
    'has Dial end as %s',
    async (dialCallStatus) => {
      server.replies['/voice'] = twiml('<Dial action="/after">+81501</Dial><Say>unplayed</Say>');
      const { summary } = await walk(call(callOptions(server, { dialCallStatus })));
      expect(server.form(1)).toMatchObject({ DialCallStatus: dialCallStatus });
      expect(summary.ended).toBe('Hangup');
    },
  );

  test('leaves a message, and Record requests its action', async () => {
    server.replies['/voice'] = twiml('<Record action="/after"/><Say>unplayed</Say>');
    const { events } = await walk(call(callOptions(server, { messageSeconds: 7 })));
    expect(events.map(({ verb }) => verb)).toEqual(['voice', 'Record', 'Record action', 'Hangup']);
    expect(server.form(1)).toMatchObject({
      RecordingDuration: '7',
      RecordingSid: expect.stringMatching(/^RE[0-9a-f]{32}$/),
      RecordingUrl: expect.stringMatching(/^https:\/\/api\.twilio\.com\/.*\/Recordings\/RE/),
    });
  });
});

describe('a request that the options send another way', () => {
  test('fails like one over the network, and the call goes on at the fallback URL', async () => {
    server.replies['/voice'] = twiml('<Play>/a.mp3</Play><Say>unplayed</Say>');
    server.replies['/a.mp3'] = audio();
    server.replies['/fallback'] = twiml('<Say>sorry</Say>');
    const send: SendRequest = async (request) =>
      request.url.endsWith('.mp3')
        ? { status: 503, headers: {}, body: Buffer.from('') }
        : sendRequest(request);
    const options = { send, fallbackUrl: `${server.origin}/fallback`, fallbackOnMediaError: true };
    const { events, summary } = await walk(call(callOptions(server, options)));
    expect(events[1]).toMatchObject({ verb: 'Play', status: 503, errorCode: 11200 });
    expect(server.form(1)).toMatchObject({
      ErrorCode: '11200',
      ErrorUrl: `${server.origin}/a.mp3`,
    });
    expect(events.at(-1)).toMatchObject({ verb: 'Say', text: 'sorry' });
    expect(summary.errorCodes).toEqual([11200]);
  });
});
describe('TwiML that leads back to itself', () => {
  test('is cut after maxEvents', async () => {
    server.replies['/voice'] = twiml('<Redirect>/voice</Redirect>');
    const events = call(callOptions(server, { maxEvents: 10 }));
    await expect(walk(events)).rejects.toThrow(TooManyEventsError);
    expect(server.received).toHaveLength(6);
  });

  test('is not cut if it ends at maxEvents', async () => {
    server.replies['/voice'] = twiml('<Say>a</Say>');
    expect((await walk(call(callOptions(server, { maxEvents: 2 })))).events).toHaveLength(2);
  });
});

describe('a TwiML document without a webhook', () => {
  test('is performed', async () => {
    server.replies['/a.mp3'] = audio();
    server.replies['/menu'] = twiml('<Hangup/>');
    const document = `<Response><Play>${server.origin}/a.mp3</Play>
      <Gather action="${server.origin}/menu"/></Response>`;
    const { events, summary } = await walk(playTwiml(document, phoneOptions({ digits: ['1'] })));
    expect(events.map(({ verb }) => verb)).toEqual(['Play', 'Gather', 'Gather action', 'Hangup']);
    expect(summary.ended).toBe('Hangup');
  });

  test('fails with 11100 if a Gather has no action', async () => {
    const { summary } = await walk(
      playTwiml('<Response><Gather/></Response>', phoneOptions({ digits: ['1'] })),
    );
    expect(summary).toMatchObject({ ended: 'application error', errorCode: 11100 });
  });

  test('is refused if it is not TwiML', () => {
    expect(() => playTwiml('<Response><Sing/></Response>', phoneOptions())).toThrow(CallError);
  });
});
