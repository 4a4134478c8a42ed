import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { get } from 'node:http';
import { json } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ListOrder } from '../../../sandbox/twilio';
import {
  ACCOUNT_SID,
  type Api,
  AUTH_TOKEN,
  pluck,
  type Reply,
  START,
  sidOf,
  start,
} from '../../helpers/sandbox/twilio-harness';

const assets = '/Services/prompts/Assets';

async function withAssets(count: number, listOrder: ListOrder = 'newest') {
  const api = await start({ listOrder });
  await api.service();
  const sids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    api.clock.time = START + Math.floor(index / 2) * 1000;
    sids.push(sidOf(await api.post(assets, { FriendlyName: `asset ${index}` })));
  }
  return { api, sids };
}

const sidsOf = (reply: Reply) => pluck(reply, 'assets', 'sid');
const nextOf = ({ body }: Reply) => Object(body.meta).next_page_url;

async function follow(api: Api, path: string, between = async () => {}): Promise<unknown[]> {
  const seen: unknown[] = [];
  for (let url: unknown = path; typeof url === 'string'; ) {
    const reply = await api.get(url);
    seen.push(...sidsOf(reply));
    await between();
    url = nextOf(reply);
  }
  return seen;
}

describe('a list', () => {
  it('has pages of 50 and Twilio’s meta', async () => {
    const { api, sids } = await withAssets(60);
    const { body, status, headers } = await api.get(assets);
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(headers.get('etag')).toBeNull();
    const all = `${api.url}/v1${assets}?PageSize=50`;
    const last = sids.at(-50);
    expect(body.meta).toEqual({
      first_page_url: `${all}&Page=0`,
      key: 'assets',
      next_page_url: expect.stringMatching(new RegExp(`&Page=1&PageToken=PA\\d+-${last}$`)),
      page: 0,
      page_size: 50,
      previous_page_url: null,
      url: `${all}&Page=0`,
    });
  });

  it('links its pages forwards and back', async () => {
    const { api, sids } = await withAssets(5);
    const newest = sids.toReversed();
    const first = await api.get(`${assets}?PageSize=2`);
    const second = await api.get(nextOf(first));
    const third = await api.get(nextOf(second));
    expect([first, second, third].map(sidsOf)).toEqual([
      newest.slice(0, 2),
      newest.slice(2, 4),
      newest.slice(4),
    ]);
    expect(nextOf(third)).toBeNull();
    expect(Object(third.body.meta)).toMatchObject({ page: 2, page_size: 2 });
    const back = await api.get(Object(third.body.meta).previous_page_url);
    expect(sidsOf(back)).toEqual(newest.slice(2, 4));
    const start = await api.get(Object(back.body.meta).previous_page_url);
    expect(sidsOf(start)).toEqual(newest.slice(0, 2));
    expect(Object(start.body.meta).previous_page_url).toBeNull();
  });

  it('is in the order of the option, within one second too', async () => {
    const oldest = await withAssets(6, 'oldest');
    expect(sidsOf(await oldest.api.get(assets))).toEqual(oldest.sids);
    const newest = await withAssets(6, 'newest');
    expect(sidsOf(await newest.api.get(assets))).toEqual(newest.sids.toReversed());
    const shuffled = await withAssets(6, 'shuffled');
    expect(sidsOf(await shuffled.api.get(assets))).toEqual(shuffled.sids.toSorted());
  });

  it.each(['newest', 'oldest', 'shuffled'] as const)(
    'shows everything once in pages of any size when it is %s',
    async (order) => {
      const { api, sids } = await withAssets(11, order);
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 12 }), async (size) => {
          const seen = await follow(api, `${assets}?PageSize=${size}`);
          expect(seen.toSorted()).toEqual(sids.toSorted());
        }),
        { numRuns: 12 },
      );
    },
  );

  it('neither hides nor repeats a resource, while others are created and deleted', async () => {
    const { api, sids } = await withAssets(9);
    const [, goes, ...stay] = sids.toReversed();
    const seen = await follow(api, `${assets}?PageSize=2`, async () => {
      await api.delete(`${assets}/${goes}`);
      await api.post(assets, { FriendlyName: randomBytes(4).toString('hex') });
    });
    expect(seen.filter((sid) => stay.some((one) => one === sid))).toEqual(stay);
  });

  it('may have pages of 1,000 and no more', async () => {
    const { api } = await withAssets(1);
    expect((await api.get(`${assets}?PageSize=1000`)).status).toBe(200);
    const { status, body } = await api.get(`${assets}?PageSize=1001`);
    expect([status, body.code]).toEqual([400, 20007]);
  });

  it.each(['PageSize=0', 'PageSize=-1', 'PageSize=ten', 'Page=x', 'Page=1&Page=2'])(
    'is refused with %s',
    async (query) => {
      const { api } = await withAssets(1);
      const { status, body } = await api.get(`${assets}?${query}`);
      expect([status, body.code]).toEqual([400, 20001]);
    },
  );

  it.each(['PA1', 'x', `PC1-ZH${'0'.repeat(32)}`])(
    'is refused with 21481 for the token %s',
    async (token) => {
      const { api } = await withAssets(1);
      const { status, body } = await api.get(`${assets}?PageToken=${token}`);
      expect([status, body.code]).toEqual([400, 21481]);
    },
  );

  it('has URLs of the host that the request names', async () => {
    const api = await start();
    const urlFor = async (host: string) => {
      const auth = `${ACCOUNT_SID}:${AUTH_TOKEN}`;
      const [answer] = await once(
        get(`${api.url}/v1/Services`, { auth, headers: { host } }),
        'response',
      );
      return Object(await json(answer)).meta.url;
    };
    const path = 'v1/Services?PageSize=50&Page=0';
    expect(await urlFor('localhost:4000')).toBe(`http://localhost:4000/${path}`);
    expect(await urlFor('serverless.twilio.com')).toBe(`http://serverless.twilio.com/${path}`);
  });
});
