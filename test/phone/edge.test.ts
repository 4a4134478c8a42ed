import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks';
import { type CallEvent, call, type PhoneOptions } from '../../phone';
import { withOverrides } from '../../src/webhook-url';
import { phoneOptions, walk } from '../helpers/phone/server';
import { AUTH_TOKEN, hostedFile, startEdge, type TestEdge } from '../helpers/sandbox/start-edge';

const VOICE = `exports.handler = (context, event, callback) => {
  const response = new Twilio.twiml.VoiceResponse();
  response.play('http://' + context.DOMAIN_NAME + '/open.mp3');
  const gather = response.gather({ numDigits: 1, action: '/menu?from=' + encodeURIComponent(event.From) });
  gather.play('http://' + context.DOMAIN_NAME + '/protected.mp3');
  callback(null, response);
};`;
const MENU = `exports.handler = (context, event, callback) => {
  const response = new Twilio.twiml.VoiceResponse();
  response.say(event.from + ' pressed ' + event.Digits);
  callback(null, response);
};`;
const PAGE = `exports.handler = (context, event, callback) => callback(new Error('no TwiML today'));`;

let edge: TestEdge;
beforeAll(async () => {
  edge = await startEdge();
  const contentType = 'audio/mpeg';
  await edge.deploy({
    functions: [
      hostedFile('/voice', VOICE, { visibility: 'protected' }),
      hostedFile('/menu', MENU, { visibility: 'protected' }),
      hostedFile('/broken', PAGE),
    ],
    assets: [
      hostedFile('/open.mp3', 'open', { contentType }),
      hostedFile('/protected.mp3', 'protected', { contentType, visibility: 'protected' }),
    ],
  });
});
afterAll(async () => {
  await edge.close();
});

async function callEdge(options: Partial<PhoneOptions> & { path?: string } = {}) {
  const { path = '/voice', ...others } = options;
  const phone = phoneOptions({ authToken: AUTH_TOKEN, append: 'gather', digits: ['7'], ...others });
  return walk(call({ ...phone, voiceUrl: edge.origin + path }));
}
const rows = (events: CallEvent[]) =>
  events.flatMap((step) => (step.kind === 'verb' ? [] : [[step.verb, step.status]]));

describe('a call to the edge', () => {
  test('gets protected Functions whose URL has connection overrides, which are not signed', async () => {
    const { events } = await callEdge({ path: withOverrides('/voice') });
    expect(rows(events)[0]).toEqual(['voice', 200]);
    const url = `${edge.origin}/voice`;
    const headers = {
      'X-Twilio-Signature': getExpectedTwilioSignature(AUTH_TOKEN, withOverrides(url), {}),
    };
    expect((await fetch(url, { method: 'POST', headers })).status).toBe(403);
  });

  test('gets protected Functions and, with signed media, a protected Asset', async () => {
    const { events, summary } = await callEdge({ signMedia: true });
    expect(rows(events)).toEqual([
      ['voice', 200],
      ['Play', 200],
      ['Gather › Play', 200],
      ['Gather action', 200],
    ]);
    expect(events.at(-1)).toMatchObject({ verb: 'Say', text: '+819012345678 pressed 7' });
    expect(summary).toMatchObject({ ended: 'end of TwiML', errorCodes: [] });
  });

  test('gets no protected Asset without signed media', async () => {
    const { events, summary } = await callEdge({ signMedia: false });
    expect(rows(events)).toContainEqual(['Gather › Play', 403]);
    expect(summary.errorCodes).toEqual([11200]);
  });

  test('is refused if it signs with another token', async () => {
    const { events, summary } = await callEdge({ authToken: 'another token' });
    expect(rows(events)).toEqual([['voice', 403]]);
    expect(summary).toMatchObject({ ended: 'application error', errorCode: 11200 });
  });

  test('goes on at the fallback URL if a Function fails', async () => {
    const { events } = await callEdge({ path: '/broken', fallbackUrl: `${edge.origin}/menu` });
    expect(rows(events)).toEqual([
      ['voice', 500],
      ['fallback', 200],
    ]);
  });
});
