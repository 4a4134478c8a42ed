import { afterEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { webhook } from 'twilio/lib/webhooks/webhooks';
import { call } from '../../phone';
import { type Listening, listen } from '../../sandbox/listen';
import { AUTH_TOKEN, phoneOptions, walk } from '../helpers/phone/server';

let server: Listening | undefined;
afterEach(() => server?.close());

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
  server = await listen(app);
  return `${server.url}/voice`;
}

describe('the webhooks of a call', () => {
  it('are let in by the middleware of the twilio library, by POST and by GET', async () => {
    const voiceUrl = await startApplication();
    const options = { ...phoneOptions({ digits: ['7'] }), voiceUrl };
    const { steps, summary } = await walk(call(options));
    expect(summary).toMatchObject({ ended: 'Hangup', errorCodes: [] });
    expect(steps).toContainEqual(expect.objectContaining({ verb: 'Say', text: '1 and 7' }));
  });

  it('are kept out by it when they are signed with another token', async () => {
    const voiceUrl = await startApplication();
    const options = { ...phoneOptions({ authToken: 'another token' }), voiceUrl };
    const { steps } = await walk(call(options));
    expect(steps).toMatchObject([{ verb: 'voice', status: 403 }]);
  });
});
