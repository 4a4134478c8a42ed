import { describe, expect, it } from '@jest/globals';
import twilio from 'twilio';
import type { TwilioOptions } from '../../../sandbox/twilio';
import { ACCOUNT_SID, AUTH_TOKEN, HOUR, start } from '../../helpers/sandbox/twilio-harness';

async function connected(options: Partial<TwilioOptions> = {}) {
  const api = await start(options);
  const client = twilio(ACCOUNT_SID, AUTH_TOKEN);
  client.api.baseUrl = api.url;
  const all = `${api.url}/2010-04-01/Accounts/${ACCOUNT_SID}/IncomingPhoneNumbers`;
  const numbers = client.incomingPhoneNumbers;
  // What the library lists cannot be updated itself: it does not keep its SID.
  const [first] = await numbers.list({ limit: 1 });
  return { api, all, numbers, number: numbers(first?.sid ?? '') };
}

const voiceUrl = 'https://clinic-1234-dev.twil.io/voice';
const voiceFallbackUrl = 'https://clinic-1234-dev.twil.io/fallback';

describe('the phone numbers of an account', () => {
  it('are one that points nowhere, by default', async () => {
    const { numbers } = await connected();
    expect(await numbers.list()).toMatchObject([
      {
        accountSid: ACCOUNT_SID,
        sid: expect.stringMatching(/^PN[0-9a-f]{32}$/),
        phoneNumber: '+815012345678',
        voiceUrl: null,
        voiceMethod: 'POST',
        voiceApplicationSid: null,
        capabilities: { voice: true },
        dateCreated: new Date('2026-01-02T03:04:05Z'),
      },
    ]);
  });

  it('are found by the whole number, a part of it, or a pattern', async () => {
    const phoneNumbers = ['+815012345678', '+815012345679', '+12025550143'];
    const { numbers } = await connected({ phoneNumbers });
    const found = async (phoneNumber: string) =>
      (await numbers.list({ phoneNumber })).map((number) => number.phoneNumber).sort();
    expect(await found('+815012345678')).toEqual(['+815012345678']);
    expect(await found('50123')).toEqual(['+815012345678', '+815012345679']);
    expect(await found('+1202555****')).toEqual(['+12025550143']);
    expect(await found('+49')).toEqual([]);
  });

  it('come in pages', async () => {
    const phoneNumbers = Array.from({ length: 7 }, (_, index) => `+1202555010${index}`);
    const { numbers, all, api } = await connected({ phoneNumbers });
    expect(await numbers.list({ pageSize: 3 })).toHaveLength(7);
    const first = await numbers.page({ pageSize: 3, phoneNumber: '+1202' });
    const second = await first.nextPage();
    expect(second?.instances).toHaveLength(3);
    expect((await second?.previousPage())?.instances).toHaveLength(3);
    const { body } = await api.get(`${all}.json?PageSize=3&PhoneNumber=%2B1202`);
    expect(body).toMatchObject({
      page: 0,
      page_size: 3,
      start: 0,
      end: 2,
      previous_page_uri: null,
    });
    expect(body.next_page_uri).toMatch(
      /^\/2010-04-01\/Accounts\/AC0+\/IncomingPhoneNumbers\.json\?PageSize=3&PhoneNumber=%2B1202&Page=1&PageToken=PA/,
    );
  });

  it('keep where their calls go', async () => {
    const { api, numbers, number } = await connected();
    api.clock.time += HOUR;
    await number.update({ voiceUrl, voiceMethod: 'GET', voiceFallbackUrl });
    const [changed] = await numbers.list();
    expect(changed).toMatchObject({
      voiceUrl,
      voiceMethod: 'GET',
      voiceFallbackUrl,
      voiceFallbackMethod: 'POST',
      dateUpdated: new Date('2026-01-02T04:04:05Z'),
    });
    await number.update({ voiceFallbackMethod: 'GET' });
    expect((await numbers.list())[0]).toMatchObject({ voiceFallbackMethod: 'GET', voiceUrl });
  });

  it('belong to an application or to a trunk, never to both', async () => {
    const { number } = await connected();
    const [application, trunk] = [`AP${'0'.repeat(32)}`, `TK${'0'.repeat(32)}`];
    const withTrunk = await number.update({ voiceUrl, trunkSid: trunk });
    expect(withTrunk).toMatchObject({ voiceUrl, trunkSid: trunk });
    const withApplication = await number.update({ voiceApplicationSid: application });
    expect(withApplication).toMatchObject({ voiceApplicationSid: application, trunkSid: null });
    expect(await number.update({ voiceApplicationSid: '' })).toMatchObject({
      voiceApplicationSid: null,
    });
  });

  it.each([
    [{ voiceUrl: 'clinic' }, 21402],
    [{ voiceUrl, voiceMethod: 'PUT' }, 21403],
    [{ voiceFallbackUrl }, 21405],
  ])('refuse the change %j', async (changes, code) => {
    const { number, numbers } = await connected();
    await expect(number.update(changes)).rejects.toMatchObject({ status: 400, code });
    expect(await numbers.list()).toMatchObject([{ voiceUrl: null, voiceFallbackUrl: null }]);
  });

  it('belong to this account only, and an unknown number is 404', async () => {
    const { api, all, numbers } = await connected();
    await expect(numbers(`PN${'0'.repeat(32)}`).update({ voiceUrl })).rejects.toMatchObject({
      status: 404,
      code: 20404,
    });
    const other = all.replace(ACCOUNT_SID, `AC${'1'.repeat(32)}`);
    expect((await api.get(`${other}.json`)).status).toBe(404);
    expect((await fetch(`${all}.json`)).status).toBe(401);
  });
});
