import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { createHeaderReader, type RequestHeaders } from '../src/request-headers';
import {
  type EdgeRequest,
  hostedFile,
  startEdge,
  type TestEdge,
} from './helpers/sandbox/start-edge';

const SECRET = 'Bearer of a secret';
const GENUINE = { headers: { authorization: SECRET } };

/** Query parameters that put a header where the runtime puts those of the request. */
const FORGED_QUERIES = [
  `request[headers][authorization]=${SECRET}`,
  `request[headers][authorization]=${SECRET}&request[cookies]=`,
  `request[headers][authorization]=${SECRET}&request[cookies][]=`,
  `request[headers][authorization]=${SECRET}&request[cookies][a]=b`,
  `request[headers][]=authorization&request[cookies][__proto__]=`,
  `request[headers][authorization][]=${SECRET}&request[cookies][__proto__]=`,
  `request=${SECRET}`,
  `request[]=${SECRET}`,
  `request[__proto__][headers][authorization]=${SECRET}`,
].map(encodeURI);

/** The one form of a query that is the runtime's own, and a body of that form. */
const DISGUISED: readonly [string, string, EdgeRequest][] = [
  [
    'a query',
    encodeURI(`?request[headers][authorization]=${SECRET}&request[cookies][__proto__]=`),
    {},
  ],
  [
    'a JSON body',
    '',
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ request: { headers: { authorization: SECRET }, cookies: {} } }),
    },
  ],
];

describe("the headers of a request, in Twilio's runtime,", () => {
  let edge: TestEdge;

  beforeAll(async () => {
    edge = await startEdge();
  }, 60_000);

  /** Each Build is loaded anew: nothing was asked of it yet. */
  beforeEach(async () => {
    const { outputFiles } = await build({
      stdin: {
        contents: `
          import { defineFunction } from './src/runtime';
          export const handler = defineFunction('headers', async ({ headers }) =>
            ({ status: 200, headers: {}, body: headers.authorization ?? 'none' }));`,
        resolveDir: process.cwd(),
        loader: 'ts',
      },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      write: false,
    });
    const content = outputFiles[0]?.text ?? '';
    await edge.deploy({ functions: [hostedFile('/headers', content)] });
  });

  afterAll(() => edge.close());

  const authorization = async (query = '', request: EdgeRequest = {}) =>
    (await edge.request(`/headers${query}`, request)).text;

  it('are those of the request', async () => {
    expect(await authorization('', GENUINE)).toBe(SECRET);
    expect(await authorization('?a=b', { ...GENUINE, method: 'POST' })).toBe(SECRET);
  });

  it('are taken from no query, though nothing was asked before', async () => {
    for (const query of FORGED_QUERIES) expect(await authorization(`?${query}`)).toBe('none');
  });

  it.each([
    ['a form', 'application/x-www-form-urlencoded', FORGED_QUERIES[0]],
    ['a JSON list', 'application/json', JSON.stringify({ request: [SECRET] })],
    [
      'a JSON body with a prototype',
      'application/json',
      `{"request":{"headers":{"authorization":"${SECRET}"},"cookies":{"__proto__":null}}}`,
    ],
    [
      "a JSON body with the event's prototype",
      'application/json',
      `{"__proto__":{"request":{"headers":{"authorization":"${SECRET}"},"cookies":{}}}}`,
    ],
  ])('are not taken from %s, though nothing was asked before', async (_, type, body) => {
    const request = { method: 'POST', headers: { 'content-type': type }, body };
    expect(await authorization('', request)).toBe('none');
  });

  it.each(DISGUISED)(
    'are not taken from %s of their very form, after any other request',
    async (_, query, request) => {
      expect(await authorization()).toBe('none');
      expect(await authorization(query, request)).toBe('none');
      expect(await authorization('', GENUINE)).toBe(SECRET);
    },
  );

  it('are not taken from a request with cookies, which could be forged', async () => {
    const headers = { ...GENUINE.headers, cookie: 'a=b' };
    expect(await authorization('', { headers })).toBe('none');
  });
});

describe('the headers of a request, where the runtime hands it over as JSON,', () => {
  const asJson = (headers: Record<string, unknown>) =>
    JSON.parse(JSON.stringify({ request: { headers, cookies: {} } }));
  const NONE: RequestHeaders = {};

  it('are read, request after request', () => {
    const read = createHeaderReader();
    for (let request = 0; request < 2; request++) {
      expect(read(asJson(GENUINE.headers))).toEqual(GENUINE.headers);
    }
  });

  it('are read beside a member that the runtime may get one day', () => {
    const request = { headers: GENUINE.headers, cookies: {}, method: 'POST' };
    expect(createHeaderReader()({ request })).toEqual(GENUINE.headers);
  });

  it.each([
    { authorization: [SECRET, SECRET] },
    { authorization: { toString: SECRET } },
    JSON.parse(`{"__proto__":{"authorization":"${SECRET}"}}`),
  ])('are left out where they are no text: %j', (headers) => {
    expect(createHeaderReader()(asJson(headers)).authorization).toBeUndefined();
  });

  it.each([undefined, null, 'text', [], {}, { headers: 'text', cookies: {} }])(
    'are none where the event has %j in place of a request',
    (request) => {
      expect(createHeaderReader()({ request })).toEqual(NONE);
    },
  );
});
