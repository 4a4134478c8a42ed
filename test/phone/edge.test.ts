import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, type PhoneOptions, type Step } from '../../phone';
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
const rows = (steps: Step[]) =>
  steps.flatMap((step) => (step.kind === 'verb' ? [] : [[step.verb, step.status]]));

describe('a call to the edge', () => {
  it('hears protected Functions and, signed for, a protected Asset', async () => {
    const { steps, summary } = await callEdge({ signMedia: true });
    expect(rows(steps)).toEqual([
      ['voice', 200],
      ['Play', 200],
      ['Gather › Play', 200],
      ['Gather action', 200],
    ]);
    expect(steps.at(-1)).toMatchObject({ verb: 'Say', text: '+819012345678 pressed 7' });
    expect(summary).toMatchObject({ ended: 'end of TwiML', errorCodes: [] });
  });

  it('hears no protected Asset in media requests without a signature', async () => {
    const { steps, summary } = await callEdge({ signMedia: false });
    expect(rows(steps)).toContainEqual(['Gather › Play', 403]);
    expect(summary.errorCodes).toEqual([11200]);
  });

  it('is refused when it signs with another token', async () => {
    const { steps, summary } = await callEdge({ authToken: 'another token' });
    expect(rows(steps)).toEqual([['voice', 403]]);
    expect(summary).toMatchObject({ ended: 'application error', errorCode: 11200 });
  });

  it('reaches the fallback URL when a Function fails', async () => {
    const { steps } = await callEdge({ path: '/broken', fallbackUrl: `${edge.origin}/menu` });
    expect(rows(steps)).toEqual([
      ['voice', 500],
      ['fallback', 200],
    ]);
  });
});
