import type { ServerResponse } from 'node:http';
import { afterEach, expect, test } from '@jest/globals';
import { requestStatus } from '../../console/api';
import { listen } from '../../sandbox/listen';
import { REMOTE_TEXT_CHARACTERS } from '../../src/limits';
import type { StatusResponse } from '../../src/status/response';

const STATUS: StatusResponse = {
  at: '2026-11-27T12:00:00.000Z',
  domain: 'prompts-1234-dev.twil.io',
  bucket: { name: 'clinic', prefix: '' },
  prompts: [{ key: 'menu.mp3', state: 'asset', usedBy: [] }],
  leftOut: 0,
  counts: { asset: 1, proxy: 0, spoken: 0, missing: 0, unused: 1 },
  deployments: [],
  flow: { nodes: [], edges: [] },
};

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** What the page makes of an answer to GET /status. */
async function statusOf(answer: (response: ServerResponse) => void) {
  const requests: string[] = [];
  const { url, close } = await listen((request, response) => {
    const { method, url: path, headers } = request;
    requests.push(`${method} ${path} ${headers.authorization} ${headers.cookie}`);
    answer(response);
  });
  closing.push(close);
  const outcome = await requestStatus('the secret', url);
  return { outcome, requests };
}

const answer = (status: number, type: string, body: string) => (response: ServerResponse) =>
  response.writeHead(status, { 'content-type': type }).end(body);

test('the status comes for the secret in a header, without a cookie', async () => {
  const { outcome, requests } = await statusOf(
    answer(200, 'application/json', JSON.stringify(STATUS)),
  );
  expect(outcome).toEqual({ type: 'loaded', status: STATUS });
  expect(requests).toEqual(['GET /status Bearer the secret undefined']);
});

test('a wrong secret is known by 401, whatever the words are', async () => {
  const { outcome } = await statusOf(answer(401, 'text/html', '<h1>Unauthorized</h1>'));
  expect(outcome).toEqual({ type: 'unauthorized' });
});

test('a plain sentence of the Function is told as it is', async () => {
  const { outcome } = await statusOf(
    answer(503, 'text/plain; charset=utf-8', 'Set ADMIN_SECRET to open this address.'),
  );
  expect(outcome).toMatchObject({ sentence: 'Set ADMIN_SECRET to open this address.' });
});

const OLDER = expect.stringContaining('Load the page again');
const STRANGE = expect.stringContaining('GET /status gave an answer that this page does not under');
test.each([
  ['a page of somebody else', 502, 'text/html', '<script>alert(1)</script>', STRANGE],
  ['a long text', 500, 'text/plain', 'x'.repeat(REMOTE_TEXT_CHARACTERS + 1), STRANGE],
  ['JSON of another shape', 200, 'application/json', '{"prompts":[]}', OLDER],
  ['half of an answer', 200, 'application/json', '{"prompts":[', STRANGE],
  ['a deployment without /status', 404, 'text/html', 'no', expect.stringContaining('Deploy the')],
])('%s is not shown, but named', async (_title, status, type, body, sentence) => {
  const { outcome } = await statusOf(answer(status, type, body));
  expect(outcome).toMatchObject({ type: 'failed', sentence });
});

test.each([
  ['no answer', (response: ServerResponse) => response.destroy()],
  [
    'a redirect, which could lead the secret elsewhere',
    (response: ServerResponse) => response.writeHead(302, { location: '/elsewhere' }).end(),
  ],
])('%s is a deployment that could not be reached', async (_title, respond) => {
  const { outcome, requests } = await statusOf(respond);
  expect(outcome).toEqual({
    type: 'failed',
    sentence: 'The deployment could not be reached. Check your connection, then try again.',
    isPassing: true,
  });
  expect(requests).toHaveLength(1);
});
