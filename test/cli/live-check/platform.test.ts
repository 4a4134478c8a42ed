import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  handlerToDeploy,
  requestSizes,
  type SizeAnswer,
  waitUntilServed,
} from '../../../cli/live-check/platform';
import { type Listening, listen } from '../../../sandbox/listen';
import { FakeClock } from '../../helpers/clock';

let server: Listening | undefined;
afterEach(() => server?.close());

const MB = 1_000_000;
const { signal } = new AbortController();

/** The answers of a Function that gives up to 2 MB, and treats larger requests as `answerMore` does. */
async function sizesOf(
  answerMore: (response: ServerResponse, bytes: number) => void,
  timeoutMs?: number,
): Promise<SizeAnswer[]> {
  server = await listen(({ url }, response) => {
    const bytes = Number(/\d+$/.exec(url ?? '')?.[0]);
    response.setHeader('Content-Type', 'audio/mpeg');
    if (bytes <= 2 * MB) response.end(Buffer.alloc(bytes, '.'));
    else answerMore(response, bytes);
  });
  return requestSizes(server.url, signal, timeoutMs);
}

const found = (outcome: unknown) => [
  { bytes: MB, outcome: 'whole' },
  { bytes: 2 * MB, outcome: 'whole' },
  { bytes: 3 * MB, outcome },
];

describe('the request for larger and larger answers', () => {
  it('ends at the first answer with another status', async () => {
    const answers = await sizesOf((response) => response.writeHead(502).end());
    expect(answers).toEqual(found({ status: 502 }));
  });

  it('notices an answer that is shorter than it should be', async () => {
    expect(await sizesOf((response) => response.end('.'))).toEqual(found('cut off'));
  });

  it.each<[string, (response: ServerResponse, bytes: number) => void]>([
    ['before an answer', (response) => response.destroy()],
    [
      'in the middle of one',
      (response, bytes) => {
        response.setHeader('Content-Length', bytes);
        response.write('.', () => response.destroy());
      },
    ],
  ])('counts a connection that breaks %s as an answer, too', async (_, answerMore) => {
    expect(await sizesOf(answerMore)).toEqual(
      found({ error: expect.stringMatching(/^breaks off: \w+/) }),
    );
  });

  it('ends after a time-out', async () => {
    const answers = await sizesOf(() => {}, 1000);
    expect(answers).toEqual(found({ error: 'gets no answer within 1 s' }));
  });

  it('requests nothing once it is stopped', async () => {
    const stopped = AbortSignal.abort(new Error('stopped'));
    await expect(requestSizes('http://127.0.0.1:1', stopped)).rejects.toThrow('stopped');
  });
});

describe('the handler to deploy with', () => {
  const taken = (name: string) => ({ name, outcome: 'taken' as const });
  const refused = (name: string) => ({ name, outcome: { code: 20001 } });

  it('is the project’s own where Twilio takes it', () => {
    const report = { handlers: [refused('2.1.0'), taken('2.0.1'), taken('2.0.0')], runtimes: [] };
    expect(handlerToDeploy(report, '2.0.0')).toBe('2.0.0');
    expect(handlerToDeploy(report, '2.1.0')).toBe('2.0.1');
    expect(handlerToDeploy({ handlers: [] }, '2.1.0')).toBe('2.1.0');
  });
});

describe('a new domain', () => {
  /** A domain that answers 404 so many times, and then as deployed. */
  const domain = async (refusals: number) => {
    let asked = 0;
    server = await listen((_, response) => {
      asked += 1;
      response.setHeader('Content-Type', 'audio/mpeg');
      if (asked <= refusals) response.writeHead(404);
      response.end('.');
    });
    return server.url;
  };

  it('is waited for until a Function answers', async () => {
    const clock = new FakeClock();
    expect(await waitUntilServed(await domain(3), { clock, signal })).toBe('whole');
    expect(clock.slept).toEqual([2000, 2000, 2000]);
  });

  it('is given up after two minutes, with what it answered', async () => {
    const clock = new FakeClock();
    const url = await domain(Number.POSITIVE_INFINITY);
    expect(await waitUntilServed(url, { clock, signal })).toEqual({ status: 404 });
    expect(clock.slept).toHaveLength(60);
  });
});
