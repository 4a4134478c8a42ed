import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { call, type SendRequest, sendRequest } from '../../phone';
import {
  audio,
  callOptions,
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
  server.replies = { '/after': twiml('<Hangup/>') };
});

const form = (index: number) =>
  Object.fromEntries(new URLSearchParams(server.received[index]?.body ?? ''));

describe('what the phone is told of the call', () => {
  it.each(['completed', 'busy', 'failed', 'canceled', 'no-answer'] as const)(
    'has a Dial end as %s',
    async (dialCallStatus) => {
      server.replies['/voice'] = twiml('<Dial action="/after">+81501</Dial><Say>unheard</Say>');
      const { summary } = await walk(call(callOptions(server, { dialCallStatus })));
      expect(form(1)).toMatchObject({ DialCallStatus: dialCallStatus });
      expect(summary.ended).toBe('Hangup');
    },
  );

  it('leaves a message, of which the action is told', async () => {
    server.replies['/voice'] = twiml('<Record action="/after"/><Say>unheard</Say>');
    const { steps } = await walk(call(callOptions(server, { messageSeconds: 7 })));
    expect(steps.map(({ verb }) => verb)).toEqual(['voice', 'Record', 'Record action', 'Hangup']);
    expect(form(1)).toMatchObject({
      RecordingDuration: '7',
      RecordingSid: expect.stringMatching(/^RE[0-9a-f]{32}$/),
      RecordingUrl: expect.stringMatching(/^https:\/\/api\.twilio\.com\/.*\/Recordings\/RE/),
    });
  });
});

describe('a request that is sent another way', () => {
  it('fails as it would have failed, and the call goes on through the fallback URL', async () => {
    server.replies['/voice'] = twiml('<Play>/a.mp3</Play><Say>unheard</Say>');
    server.replies['/a.mp3'] = audio();
    server.replies['/fallback'] = twiml('<Say>sorry</Say>');
    const send: SendRequest = async (request) =>
      request.url.endsWith('.mp3')
        ? { status: 503, headers: {}, body: Buffer.from('') }
        : sendRequest(request);
    const options = { send, fallbackUrl: `${server.origin}/fallback`, fallbackOnMediaError: true };
    const { steps, summary } = await walk(call(callOptions(server, options)));
    expect(steps[1]).toMatchObject({ verb: 'Play', status: 503, errorCode: 11200 });
    expect(form(1)).toMatchObject({ ErrorCode: '11200', ErrorUrl: `${server.origin}/a.mp3` });
    expect(steps.at(-1)).toMatchObject({ verb: 'Say', text: 'sorry' });
    expect(summary.errorCodes).toEqual([11200]);
  });
});
