import { describe, expect, it } from '@jest/globals';
import twilio from 'twilio';
import { type RecordedExchange, recordExchanges } from '../../../sandbox/rehearsal/recorder';
import { createTwilio } from '../../../sandbox/twilio';
import { checkExchange } from '../../helpers/contract/contract';
import { ACCOUNT_SID, AUTH_TOKEN, serve } from '../../helpers/sandbox/twilio-harness';

/** The API, and an application that is called: a missing medium, then a good one. */
async function start() {
  const asked: string[] = [];
  const application = await serve(({ url = '' }, response) => {
    asked.push(url);
    if (url === '/missing.mp3') return response.writeHead(404).end();
    const twiml = '<Response><Play>/missing.mp3</Play><Play>/last.mp3</Play></Response>';
    response.setHeader('Content-Type', url === '/voice' ? 'text/xml' : 'audio/mpeg');
    response.end(url === '/voice' ? twiml : 'mp3');
  });
  const { listener } = createTwilio({
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    phone: { append: 'never' },
  });
  const exchanges: RecordedExchange[] = [];
  const origin = await serve(recordExchanges(listener, (it) => exchanges.push(it)));
  const client = twilio(ACCOUNT_SID, AUTH_TOKEN);
  for (const product of [client.api, client.monitor]) product.baseUrl = origin;
  const place = (url: string) =>
    client.calls.create({ from: '+815012345678', to: '+819012345678', url });
  return { application, asked, client, exchanges, place };
}

describe('a call that is made through the API', () => {
  it('requests its URL, plays, and is completed', async () => {
    const { application, asked, client, exchanges, place } = await start();
    const { sid, status, direction } = await place(`${application}/voice`);
    expect([status, direction]).toEqual(['in-progress', 'outbound-api']);
    while ((await client.calls(sid).fetch()).status !== 'completed');
    expect(asked).toEqual(['/voice', '/missing.mp3', '/last.mp3']);
    const alerts = await client.monitor.v1.alerts.list();
    expect(alerts).toMatchObject([
      { resourceSid: sid, errorCode: '11200', requestUrl: `${application}/missing.mp3` },
    ]);
    const checks = await Promise.all(exchanges.map(checkExchange));
    expect(checks.flatMap(({ problems }) => problems)).toEqual([]);
  });

  it('ends by an update', async () => {
    const { client, place } = await start();
    const silent = await serve(() => {});
    const { sid } = await place(`${silent}/voice`);
    expect(await client.calls(sid).update({ status: 'completed' })).toMatchObject({
      status: 'completed',
    });
    expect(await client.calls(sid).fetch()).toMatchObject({ status: 'completed' });
  });

  it('is refused without the token, and for a bad URL', async () => {
    const { client, place } = await start();
    await expect(place('voice')).rejects.toMatchObject({ status: 400, code: 20001 });
    const stranger = twilio(ACCOUNT_SID, 'wrong');
    stranger.api.baseUrl = client.api.baseUrl;
    const call = stranger.calls.create({ from: '+815012345678', to: '+819012345678', url: 'x' });
    await expect(call).rejects.toMatchObject({ status: 401, code: 20003 });
    await expect(client.calls(`CA${'0'.repeat(32)}`).fetch()).rejects.toMatchObject({
      code: 20404,
    });
  });
});
