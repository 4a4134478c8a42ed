import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { validateRequest } from 'twilio/lib/webhooks/webhooks';
import { call, type SendRequest, sendRequest } from '../../phone';
import { listen } from '../../sandbox/listen';
import {
  AUTH_TOKEN,
  callOptions,
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

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 40\r\n\r\n';
const HANGS: Reply = { instead: () => undefined };
const STOPS_AFTER_HEADERS: Reply = { instead: (socket) => socket.write(HEAD) };
const ANSWERS = twiml('<Hangup/>');

/** Writes a space now and then, for ever. */
const TRICKLES: Reply = {
  instead(socket) {
    socket.write(HEAD.replace('40', '4000'));
    const timer = setInterval(() => socket.write(' '), 20);
    socket.on('close', () => clearInterval(timer)).on('error', () => undefined);
  },
};

/** Answers one request after the other. */
function inTurn(...replies: Reply[]): () => Reply {
  return () => replies.shift() ?? ANSWERS;
}

/** A connection that is never made. */
const unreachable = (): Socket =>
  connect({ host: 'nowhere.example', port: 80, lookup: () => undefined });

/** Fails to connect for the first requests. */
function unreachableFor(requests: number): SendRequest {
  let left = requests;
  return (request) => {
    left -= 1;
    return sendRequest(left < 0 ? request : { ...request, createConnection: unreachable });
  };
}

async function callVoice(fragment: string, send?: SendRequest) {
  const voiceUrl = `${server.origin}/voice?x=1${fragment}`;
  const { events, summary } = await walk(
    call(callOptions(server, { voiceUrl, ...(send && { send }) })),
  );
  const [voice] = events;
  if (voice?.kind !== 'webhook') throw new Error('there is no webhook');
  return { voice, summary };
}

describe('a webhook with connection overrides', () => {
  test('counts the time to connect until there is a connection, and no longer', async () => {
    server.replies['/voice'] = {
      instead(socket) {
        const answer = `${HEAD.replace('40', '30')}<Response><Hangup/></Response>`;
        setTimeout(() => socket.end(answer), 1200);
      },
    };
    const { voice } = await callVoice('#ct=1000&rc=0');
    expect(voice).toMatchObject({ status: 200, failedAttempts: [] });
  });

  test('is requested and signed without them', async () => {
    server.replies['/voice'] = ANSWERS;
    const { voice } = await callVoice('#ct=100&rt=1000&rc=0');
    expect(server.targets()).toEqual(['POST /voice?x=1']);
    const url = `${server.origin}/voice?x=1`;
    expect(voice.url).toBe(url);
    const signature = String(server.received[0]?.headers['x-twilio-signature']);
    expect(validateRequest(AUTH_TOKEN, signature, url, server.form(0))).toBe(true);
  });

  test('is requested and signed without them by GET, too', async () => {
    server.replies['/voice'] = twiml('<Redirect method="GET">/menu?n=1#rt=1000</Redirect>');
    server.replies['/menu'] = ANSWERS;
    const { summary } = await callVoice('');
    expect(summary.ended).toBe('Hangup');
    const target = server.received[1]?.target ?? '';
    expect(target).toMatch(/^\/menu\?n=1&Called=/);
    const signature = String(server.received[1]?.headers['x-twilio-signature']);
    expect(validateRequest(AUTH_TOKEN, signature, server.origin + target, {})).toBe(true);
  });

  test.each([
    ['does not answer', HANGS],
    ['stops after its headers', STOPS_AFTER_HEADERS],
  ])(
    'that %s fails with 11205 after the read time-out, and is not tried again',
    async (_, reply) => {
      server.replies['/voice'] = reply;
      const { voice } = await callVoice('#rt=100');
      expect(voice).toMatchObject({
        errorCode: 11205,
        errorMessage: `11205: POST "${server.origin}/voice": no answer within 100 ms`,
        failedAttempts: ['no answer within 100 ms'],
      });
      expect(server.received).toHaveLength(1);
    },
  );

  test('that trickles fails with 11203 when the total time is over', async () => {
    server.replies['/voice'] = TRICKLES;
    const { voice } = await callVoice('#rt=5000&tt=300&rc=3&rp=all');
    expect(voice).toMatchObject({
      errorCode: 11203,
      errorMessage: `11203: POST "${server.origin}/voice": no whole answer within 300 ms`,
      failedAttempts: ['no whole answer within 300 ms'],
    });
  });

  test('shares its total time among all attempts', async () => {
    server.replies['/voice'] = HANGS;
    let time = 0;
    const send: SendRequest = (request) => {
      totals.push(request.limits.totalMs);
      time += 400;
      return sendRequest(request);
    };
    const totals: number[] = [];
    const voiceUrl = `${server.origin}/voice#rt=100&tt=1000&rc=2&rp=rt`;
    await walk(call(callOptions(server, { voiceUrl, send, now: () => time })));
    expect(totals).toEqual([1000, 600, 200]);
  });

  test.each<[string, string, Reply[], string[], number]>([
    ['a read time-out', 'rt=100&rp=rt', [HANGS], ['no answer within 100 ms'], 200],
    ['a status of the server', 'rp=5xx', [{ status: 503 }], ['answered 503'], 200],
    ['a status of the client', 'rp=4xx', [{ status: 404 }], ['answered 404'], 200],
    [
      'anything, as often as it may',
      'rc=2&rp=all&rt=100',
      [{ status: 500 }, HANGS],
      ['answered 500', 'no answer within 100 ms'],
      200,
    ],
    [
      'a status, no more often than it may',
      'rc=1&rp=5xx',
      [{ status: 500 }, { status: 502 }],
      ['answered 500', 'answered 502'],
      502,
    ],
    ['no status by default', 'rc=3', [{ status: 503 }], ['answered 503'], 503],
    ['no other failure than it names', 'rc=3&rp=4xx,ct', [{ status: 503 }], ['answered 503'], 503],
  ])('tries again after %s', async (_, overrides, replies, failedAttempts, status) => {
    const { length } = replies;
    server.replies['/voice'] = inTurn(...replies);
    const { voice } = await callVoice(`#${overrides}`);
    expect(voice).toMatchObject({ status, failedAttempts });
    expect(voice.errorCode).toBe(status === 200 ? undefined : 11200);
    expect(server.received).toHaveLength(status === 200 ? length + 1 : length);
  });

  test('is tried once more if no connection comes in time, as without overrides', async () => {
    server.replies['/voice'] = ANSWERS;
    const { voice, summary } = await callVoice('#ct=100', unreachableFor(1));
    expect(voice).toMatchObject({ status: 200, failedAttempts: ['no connection within 100 ms'] });
    expect(summary).toMatchObject({ ended: 'Hangup', errorCodes: [] });
  });

  test('fails with 11205 if no connection comes in time twice', async () => {
    const { voice } = await callVoice('#ct=100', unreachableFor(2));
    expect(voice).toMatchObject({
      errorCode: 11205,
      failedAttempts: ['no connection within 100 ms', 'no connection within 100 ms'],
    });
  });

  test('is tried once more if the connection is refused', async () => {
    const closed = await listen(() => undefined);
    await closed.close();
    const { events } = await walk(call(callOptions(server, { voiceUrl: `${closed.url}/voice` })));
    expect(events[0]).toMatchObject({
      errorCode: 11205,
      failedAttempts: ['no connection', 'no connection'],
    });
  });

  test('is not tried again if the connection breaks, or for a name that does not exist', async () => {
    server.replies['/voice'] = { instead: (socket) => socket.destroy() };
    expect((await callVoice('#rc=3')).voice).toMatchObject({
      errorCode: 11205,
      failedAttempts: ['no answer'],
    });
    const voiceUrl = 'http://clinic.invalid/voice#rc=3&rp=all';
    const { events } = await walk(call(callOptions(server, { voiceUrl })));
    expect(events[0]).toMatchObject({ errorCode: 11210, failedAttempts: ['no connection'] });
  });

  test('leads to the fallback URL, whose overrides are its own', async () => {
    server.replies['/voice'] = HANGS;
    server.replies['/fallback'] = HANGS;
    const voiceUrl = `${server.origin}/voice?x=1#rt=100`;
    const fallbackUrl = `${server.origin}/fallback#rt=200&rc=0`;
    const { events, summary } = await walk(call(callOptions(server, { voiceUrl, fallbackUrl })));
    expect(server.form(1)).toMatchObject({
      ErrorCode: '11205',
      ErrorUrl: `${server.origin}/voice?x=1`,
    });
    expect(events).toMatchObject([
      { verb: 'voice', failedAttempts: ['no answer within 100 ms'] },
      { verb: 'fallback', failedAttempts: ['no answer within 200 ms'] },
    ]);
    expect(summary).toMatchObject({ ended: 'application error', errorCode: 11205 });
  });

  test('is not requested at all if Twilio does not document them', async () => {
    const { voice } = await callVoice('#ct=1');
    expect(voice).toMatchObject({ errorCode: 11100, failedAttempts: [] });
    expect(server.received).toEqual([]);
  });
});

describe('a medium with connection overrides', () => {
  async function playMedium(options: { heedMediaOverrides?: boolean }) {
    server.replies['/voice'] = twiml('<Play>/a.mp3?x=1#rt=100</Play>');
    server.replies['/a.mp3'] = {
      instead: (socket) =>
        setTimeout(() => socket.end('HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n'), 300),
    };
    const { events } = await walk(call(callOptions(server, { append: 'always', ...options })));
    expect(server.received[1]?.target).toMatch(/^\/a\.mp3\?x=1&Called=[^#]*$/);
    return events[1];
  }

  test('is fetched without them, and they are not heeded', async () => {
    expect(await playMedium({})).toMatchObject({ kind: 'media', status: 200 });
  });

  test('is given up when they say so, with the switch for it', async () => {
    expect(await playMedium({ heedMediaOverrides: true })).toMatchObject({ errorCode: 11205 });
  });
});
