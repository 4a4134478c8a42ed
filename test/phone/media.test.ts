import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { validateRequest } from 'twilio/lib/webhooks/webhooks';
import { call, type MediaEvent, type PhoneOptions, playTwiml } from '../../phone';
import {
  AUTH_TOKEN,
  audio,
  callOptions,
  phoneOptions,
  type Reply,
  silentMp3,
  startServer,
  type TestServer,
  twiml,
  walk,
} from '../helpers/phone/server';

/** The parameters of the access log of 2019, of the call that the tests make. */
const APPENDED =
  'Called=%2B815012345678&ToState=&CallerCountry=JP&Direction=inbound&CalledVia=05012345678' +
  '&CallerState=&ToZip=&CallSid=CA00000000000000000000000000000000&To=%2B815012345678' +
  '&CallerZip=&ToCountry=JP&ApiVersion=2010-04-01&CalledZip=&CalledCity=' +
  '&CallStatus=in-progress&From=%2B819012345678&AccountSid=AC00000000000000000000000000000000' +
  '&CalledCountry=JP&CallerCity=&Caller=%2B819012345678&FromCountry=JP&ToCity=&FromCity=' +
  '&CalledState=&ForwardedFrom=05012345678&FromZip=&FromState=';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.received.splice(0);
  server.replies = { '/a.mp3': audio() };
});

const document = (verbs: string) => `<Response>${verbs}</Response>`;
const escapeXml = (text: string) => text.replace(/&/g, '&amp;');

/** The media events of a document. */
async function mediaOf(verbs: string, options: Partial<PhoneOptions> = {}): Promise<MediaEvent[]> {
  const played = playTwiml(
    document(verbs),
    phoneOptions({ forwardedFrom: '05012345678', ...options }),
  );
  const { events } = await walk(played);
  return events.filter((step) => step.kind === 'media');
}

/** The one media step of a `<Play>`, or of one in a `<Gather>`. */
async function play(
  url: string,
  options: Partial<PhoneOptions> & { inGather?: boolean } = {},
): Promise<MediaEvent> {
  const verb = `<Play>${escapeXml(url)}</Play>`;
  const [step] = await mediaOf(options.inGather ? `<Gather>${verb}</Gather>` : verb, options);
  if (!step) throw new Error('Nothing was played');
  return step;
}

describe('the parameters that Twilio appends to media requests', () => {
  test.each([
    ['gather', false, '/a.mp3'],
    ['gather', true, `/a.mp3?${APPENDED}`],
    ['always', false, `/a.mp3?${APPENDED}`],
    ['always', true, `/a.mp3?${APPENDED}`],
    ['never', false, '/a.mp3'],
    ['never', true, '/a.mp3'],
  ] as const)(
    'in mode %s, with inGather %s, make the target %s',
    async (append, inGather, target) => {
      const step = await play(`${server.origin}/a.mp3`, { append, inGather });
      expect(server.received.map((request) => request.target)).toEqual([target]);
      expect(step.mediaUrl).toBe(server.origin + target);
      expect(step.url).toBe(`${server.origin}/a.mp3`);
      expect(step.appended).toBe(target === '/a.mp3' ? 0 : 27);
      expect(step.verb).toBe(inGather ? 'Gather › Play' : 'Play');
    },
  );

  test('follow an & if the URL has a query', async () => {
    await play(`${server.origin}/a.mp3?X-Amz-Signature=ab`, { append: 'always' });
    expect(server.received[0]?.target).toBe(`/a.mp3?X-Amz-Signature=ab&${APPENDED}`);
  });

  test('encode a SIP caller as a form does', async () => {
    await play(`${server.origin}/a.mp3`, { append: 'always', from: "sip:o'a b@example.com" });
    expect(server.received[0]?.target).toContain(
      '&From=sip%3Ao%27a+b%40example.com&AccountSid=AC0',
    );
    expect(server.received[0]?.target).toContain('&CallerCountry=&');
  });
});

describe('a media request', () => {
  test.each([
    '/a/../b/./c.mp3',
    '/%7Ea%2Fb%20c.mp3',
    "/a'(1)*!.mp3?b='c'&d=[e]",
    '//double//slash.mp3',
    '/a.mp3?x=%2B+%20&&=&y',
    '/%E9%9F%B3.mp3',
  ])('requests exactly the bytes %s', async (target) => {
    await play(server.origin + target);
    expect(server.received[0]?.target).toBe(target);
  });

  test('comes from TwilioProxy/1.1 and carries no signature', async () => {
    await play(`${server.origin}/a.mp3`);
    expect(server.received[0]?.headers['user-agent']).toBe('TwilioProxy/1.1');
    expect(server.received[0]?.headers).not.toHaveProperty('x-twilio-signature');
  });

  test('is signed with signMedia, appended parameters included', async () => {
    await play(`${server.origin}/a.mp3?x=1`, { signMedia: true, append: 'always' });
    const [request] = server.received;
    const signature = String(request?.headers['x-twilio-signature']);
    const url = `${server.origin}${request?.target}`;
    expect(validateRequest(AUTH_TOKEN, signature, url, {})).toBe(true);
    expect(validateRequest(AUTH_TOKEN, signature, `${server.origin}/a.mp3?x=1`, {})).toBe(false);
  });

  test('resolves a relative URL against the document', async () => {
    server.replies['/flows/voice'] = twiml('<Play>../a.mp3</Play>');
    const voiceUrl = `${server.origin}/flows/voice`;
    const { events } = await walk(call(callOptions(server, { voiceUrl })));
    expect(events[1]).toMatchObject({
      url: '../a.mp3',
      mediaUrl: `${server.origin}/a.mp3`,
      status: 200,
    });
  });
});

describe('a redirect', () => {
  const to = (location: string, status = 302): Reply => ({ status, headers: { location } });

  test("carries the first URL's parameters along, as often as it redirects", async () => {
    server.replies['/first'] = to(`${server.origin}/second?token=2`, 301);
    server.replies['/second'] = to('a.mp3', 307);
    const step = await play(`${server.origin}/first?x=1`);
    expect(server.received.map(({ target }) => target)).toEqual([
      '/first?x=1',
      '/second?token=2&x=1',
      '/a.mp3?x=1',
    ]);
    expect(step.status).toBe(200);
    expect(step.redirects).toEqual([
      `${server.origin}/second?token=2&x=1`,
      `${server.origin}/a.mp3?x=1`,
    ]);
  });

  test('carries the appended parameters along as well', async () => {
    server.replies['/first'] = to('/a.mp3?sig=ab');
    await play(`${server.origin}/first`, { append: 'always' });
    expect(server.received[1]?.target).toBe(`/a.mp3?sig=ab&${APPENDED}`);
  });

  test('is signed for the URL that it leads to', async () => {
    server.replies['/first'] = to('/a.mp3');
    await play(`${server.origin}/first?x=1`, { signMedia: true });
    const signature = String(server.received[1]?.headers['x-twilio-signature']);
    const url = `${server.origin}/a.mp3?x=1`;
    expect(validateRequest(AUTH_TOKEN, signature, url, {})).toBe(true);
  });

  test('that never ends is error 11215', async () => {
    server.replies['/loop'] = to('/loop');
    const step = await play(`${server.origin}/loop`);
    expect(step.errorCode).toBe(11215);
    expect(server.received).toHaveLength(11);
  });
});

describe('the response to a media request', () => {
  test('is measured in bytes and milliseconds', async () => {
    const mp3 = silentMp3(1);
    server.replies['/a.mp3'] = audio(mp3);
    let clock = 0;
    const now = () => {
      clock += 5;
      return clock;
    };
    const step = await play(`${server.origin}/a.mp3`, { now });
    expect(step).toMatchObject({
      status: 200,
      contentType: 'audio/mpeg',
      bytes: mp3.length,
      milliseconds: 5,
    });
    expect(step.errorCode).toBeUndefined();
    expect(step.body?.equals(mp3)).toBe(true);
  });

  test.each([
    'audio/mpeg',
    'Audio/MPEG; charset=binary',
    'audio/wav',
    'audio/wave',
    'audio/x-wav',
    'audio/aiff',
    'audio/x-aifc',
    'audio/x-aiff',
    'audio/gsm',
    'audio/x-gsm',
    'audio/ulaw',
  ])('is played if it is %s', async (type) => {
    server.replies['/a.mp3'] = audio('x', type);
    expect((await play(`${server.origin}/a.mp3`)).errorCode).toBeUndefined();
  });

  test.each([
    [13420, 'audio of another kind', audio('x', 'audio/ogg'), false],
    [13420, 'an upload without its type', audio('x', 'application/octet-stream'), false],
    [13325, 'a page, within a Gather', audio('x', 'text/html'), true],
    [12300, 'no type', { body: 'x' }, false],
    [12300, 'no type, within a Gather', { body: 'x' }, true],
    [11200, 'a missing file', { status: 404 }, false],
    [11200, 'an error, though it is audio', { ...audio(), status: 500 }, true],
    [11200, 'a redirect without a place', { status: 302 }, false],
  ])('is error %i if it is %s', async (errorCode, _, reply, inGather) => {
    server.replies['/a.mp3'] = reply;
    const step = await play(`${server.origin}/a.mp3?sig=secret`, { inGather });
    expect(step.errorCode).toBe(errorCode);
    expect(step.errorMessage).toContain(`"${server.origin}/a.mp3"`);
    expect(step.errorMessage).not.toContain('secret');
  });

  test("names S3's error", async () => {
    server.replies['/a.mp3'] = {
      status: 403,
      headers: { 'content-type': 'application/xml' },
      body: '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>SignatureDoesNotMatch</Code><Message>m</Message></Error>',
    };
    const step = await play(`${server.origin}/a.mp3`, { inGather: true });
    expect(step).toMatchObject({
      status: 403,
      errorCode: 11200,
      s3ErrorCode: 'SignatureDoesNotMatch',
    });
  });

  test('is no error of S3 if it is a page about one', async () => {
    server.replies['/a.mp3'] = audio('<html><Error><Code>No</Code></Error></html>', 'text/html');
    expect((await play(`${server.origin}/a.mp3`)).s3ErrorCode).toBeUndefined();
  });

  test.each([
    [11205, 'the connection is refused', 'http://127.0.0.1:1/a.mp3'],
    [11210, 'the host has no address', 'http://nothing.invalid/a.mp3'],
    [11100, 'the URL is none', 'bucket/a.mp3'],
    [11100, 'there is no URL', ''],
    [11100, 'the URL has a blank', 'http://127.0.0.1/a b.mp3'],
  ])('is error %i if %s', async (errorCode, _, url) => {
    const step = await play(url);
    expect(step.errorCode).toBe(errorCode);
    expect(step.status).toBeUndefined();
  });

  test('is error 11205 if the connection breaks in the middle', async () => {
    server.replies['/a.mp3'] = {
      instead: (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nContent-Length: 9\r\n\r\nabc');
        socket.destroySoon();
      },
    };
    expect((await play(`${server.origin}/a.mp3`)).errorCode).toBe(11205);
  });
});

describe('a Play', () => {
  test('that loops is fetched once', async () => {
    const [step] = await mediaOf(`<Play loop="3">${server.origin}/a.mp3</Play>`);
    expect(step?.loop).toBe(3);
    expect(server.received).toHaveLength(1);
  });
});

describe('a medium that failed', () => {
  const missing = '/missing.mp3';
  beforeEach(() => {
    server.replies['/voice'] = twiml(`<Play>${missing}</Play><Say>next</Say>`);
    server.replies['/fallback'] = twiml('<Say>sorry</Say>');
  });
  const spoken = (events: { kind: string; text?: string }[]) =>
    events.flatMap(({ kind, text }) => (kind === 'verb' ? [text] : []));

  test('lets the call go on with the next verb', async () => {
    const fallbackUrl = `${server.origin}/fallback`;
    const { events, summary } = await walk(call(callOptions(server, { fallbackUrl })));
    expect(spoken(events)).toEqual(['next']);
    expect(summary).toMatchObject({ ended: 'end of TwiML', errorCodes: [11200] });
  });

  test('leads to the fallback URL with fallbackOnMediaError', async () => {
    const fallbackUrl = `${server.origin}/fallback`;
    const options = callOptions(server, { fallbackUrl, fallbackOnMediaError: true });
    const { events } = await walk(call(options));
    expect(spoken(events)).toEqual(['sorry']);
    const form = new URLSearchParams(server.received.at(-1)?.body);
    expect(form.get('ErrorCode')).toBe('11200');
    expect(form.get('ErrorUrl')).toBe(`${server.origin}${missing}`);
  });

  test('lets the call go on if there is no fallback URL', async () => {
    const options = callOptions(server, { fallbackOnMediaError: true });
    expect(spoken((await walk(call(options))).events)).toEqual(['next']);
  });
});
