import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { syncRemotely } from '../../../cli/sync/remote';
import { resultOf } from '../../../src/result';
import { GuardError, type SyncEvent, type SyncReport, type Wait } from '../../../src/sync';
import { FakeClock } from '../../helpers/clock';

const secret = 'not a secret '.repeat(3);
const report: SyncReport = { prompts: 3, uploaded: 1, remaining: 0, retained: 0, skipped: [] };
const JSON_TYPE = { 'Content-Type': 'application/json' };
const TEXT_TYPE = { 'Content-Type': 'text/plain; charset=utf-8' };

/** `hang up` breaks the connection instead of answering. */
type Answer = 'hang up' | readonly [status: number, headers: Record<string, string>, body: string];

const done = (changes: Partial<SyncReport> = {}): Answer => [
  200,
  JSON_TYPE,
  JSON.stringify({ ...report, ...changes }),
];
const pending = (
  seconds: number,
  changes: Partial<SyncReport> = {},
  reason: Wait = 'time',
): Answer => [
  503,
  { ...JSON_TYPE, 'Retry-After': `${seconds}` },
  JSON.stringify({ ...report, ...changes, reason }),
];

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** A deployment that gives these answers, and the last of them from then on. */
async function deployment(...answers: Answer[]) {
  const requests: { readonly request: IncomingMessage; readonly body: string }[] = [];
  const server = createServer(async (request, response) => {
    requests.push({ request, body: await text(request) });
    const answer = answers[requests.length - 1] ?? answers.at(-1) ?? 'hang up';
    if (answer === 'hang up') return response.destroy();
    const [status, headers, body] = answer;
    return response.writeHead(status, headers).end(body);
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: new URL(`http://127.0.0.1:${port}/sync`), requests };
}

async function syncAt(url: URL, options: { force?: boolean; budgetMs?: number } = {}) {
  const clock = new FakeClock();
  const call = { url, secret, dryRun: false, force: false, clock, budgetMs: 60_000, ...options };
  const events: SyncEvent[] = [];
  const outcome = await resultOf(syncRemotely(call), (event) => events.push(event));
  return { outcome, events, sleeps: clock.slept };
}

describe('a sync by a deployment', () => {
  it('posts dryRun and force, with the bearer secret', async () => {
    const { url, requests } = await deployment(done());
    await syncAt(url, { force: true });
    const [{ request, body } = { request: undefined, body: '' }] = requests;
    expect([request?.method, request?.url]).toEqual(['POST', '/sync']);
    expect(request?.headers).toMatchObject({
      authorization: `Bearer ${secret.trim()}`,
      'content-type': 'application/json',
    });
    expect(JSON.parse(body)).toEqual({ dryRun: false, force: true });
  });

  it('calls again after Retry-After, and adds up what was uploaded', async () => {
    const buildSid = `ZB${'0'.repeat(32)}`;
    const { url } = await deployment(
      pending(2, { uploaded: 5, remaining: 2 }),
      pending(7, { uploaded: 2, buildSid }, 'build'),
      done({ uploaded: 0, retained: 1 }),
    );
    const { outcome, events, sleeps } = await syncAt(url);
    expect(sleeps).toEqual([2000, 7000]);
    expect(events).toEqual([
      {
        type: 'step',
        reason: 'time',
        retryAfter: 2000,
        report: { ...report, uploaded: 5, remaining: 2 },
      },
      {
        type: 'step',
        reason: 'build',
        retryAfter: 7000,
        report: { ...report, uploaded: 7, buildSid },
      },
    ]);
    expect(outcome).toEqual({
      status: 'done',
      report: { ...report, uploaded: 7, retained: 1, buildSid },
    });
  });

  it('is pending when its time is over before the next call', async () => {
    const { url, requests } = await deployment(pending(60, {}, 'limit'));
    const { outcome } = await syncAt(url);
    expect(outcome).toEqual({ status: 'pending', reason: 'limit', report, retryAfter: 60_000 });
    expect(requests).toHaveLength(1);
  });

  it.each<[string, Answer]>([
    ['a connection that broke', 'hang up'],
    ['429', [429, {}, '']],
    ['500', [500, TEXT_TYPE, 'The sync failed.']],
    ['502', [502, {}, '<html>']],
    ['503 without a report', [503, {}, '<html>']],
    ['504', [504, {}, '']],
    ['half a report', [200, JSON_TYPE, JSON.stringify(report).slice(0, 40)]],
    ['an empty report', [200, JSON_TYPE, '']],
    ['a page to sign in to', [200, {}, '<html>']],
  ])('tries again after %s', async (_, answer) => {
    const { url, requests } = await deployment(answer, done());
    const { outcome, sleeps } = await syncAt(url);
    expect(outcome.status).toBe('done');
    expect(requests).toHaveLength(2);
    expect(sleeps).toEqual([100]);
  });

  it('waits as long as a busy platform asks for', async () => {
    const { url } = await deployment([429, { 'Retry-After': '9' }, ''], done());
    expect((await syncAt(url)).sleeps).toEqual([9000]);
  });

  it('is pending at a limit of Twilio that lasts', async () => {
    const { url } = await deployment([429, { 'Retry-After': '120' }, '']);
    const { outcome } = await syncAt(url);
    expect(outcome).toMatchObject({ status: 'pending', reason: 'limit', retryAfter: 120_000 });
  });

  it('gives up after four tries, with what the deployment said', async () => {
    const said = 'Listing bucket b: S3 answered 403 InvalidAccessKeyId.';
    const { url, requests } = await deployment([502, TEXT_TYPE, said]);
    await expect(syncAt(url)).rejects.toThrow(`POST ${url}: answered 502: ${said}`);
    expect(requests).toHaveLength(4);
  });

  it('stops at a guard, in the words of the deployment', async () => {
    const said = '9 of 9 prompts vanished from S3.';
    const { url, requests } = await deployment([409, TEXT_TYPE, said]);
    await expect(syncAt(url)).rejects.toThrow(new GuardError(said));
    expect(requests).toHaveLength(1);
  });

  it.each<[string, Answer, RegExp]>([
    ['a wrong secret', [401, TEXT_TYPE, 'No.'], /answered 401: No\. ADMIN_SECRET must be the same/],
    ['no deployment', [404, TEXT_TYPE, 'Nothing.'], /answered 404: Nothing\. Deploy the project/],
    [
      'nothing there',
      [404, TEXT_TYPE, 'not found'],
      /answered 404: not found\. Deploy the project/,
    ],
    ['a redirect', [302, { Location: 'https://example.com' }, ''], /answered 302\.$/],
    ['a report of another kind', [200, JSON_TYPE, '{"prompts":-1}'], /200\. That is no report/],
    [
      'an unknown reason',
      done({ skipped: [{ key: 'a', reason: 'x' as never, unplayable: true }] }),
      /no report/,
    ],
  ])('does not try again after %s', async (_, answer, message) => {
    const { url, requests } = await deployment(answer);
    await expect(syncAt(url)).rejects.toThrow(message);
    expect(requests).toHaveLength(1);
  });

  it('quotes no page that does not come from a Function', async () => {
    const { url } = await deployment([403, { 'Content-Type': 'text/html' }, '<b>Forbidden</b>']);
    await expect(syncAt(url)).rejects.toThrow(new RegExp(`^POST ${url}: answered 403\\.$`));
  });

  it('says why no response came', async () => {
    const { url } = await deployment();
    for (const server of servers.splice(0)) await new Promise((end) => server.close(end));
    await expect(syncAt(url)).rejects.toThrow(/no answer: connect ECONNREFUSED 127\.0\.0\.1/);
  });

  it('never tells the secret', async () => {
    for (const answer of ['hang up', [401, TEXT_TYPE, 'No.'], [500, {}, '']] satisfies Answer[]) {
      const { url } = await deployment(answer);
      const error: unknown = await syncAt(url).catch((thrown: unknown) => thrown);
      expect(String(error)).toContain('POST');
      expect(String(error)).not.toContain(secret.trim());
    }
  });
});
