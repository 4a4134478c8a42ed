import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { probeSizes, type SizeProbe } from '../../../cli/live-check/size';
import { type Listening, listen } from '../../../sandbox/listen';

let server: Listening | undefined;
afterEach(() => server?.close());

const MB = 1_000_000;
const { signal } = new AbortController();

/** What is found out about a Function that answers with up to 2 MB, and with more in its own way. */
async function probe(
  answerMore: (response: ServerResponse, bytes: number) => void,
  patience?: number,
): Promise<SizeProbe[]> {
  server = await listen(({ url }, response) => {
    const bytes = Number(/\d+$/.exec(url ?? '')?.[0]);
    response.setHeader('Content-Type', 'audio/mpeg');
    if (bytes <= 2 * MB) response.end(Buffer.alloc(bytes, '.'));
    else answerMore(response, bytes);
  });
  return probeSizes(server.url, signal, patience);
}

const found = (outcome: unknown) => [
  { bytes: MB, outcome: 'whole' },
  { bytes: 2 * MB, outcome: 'whole' },
  { bytes: 3 * MB, outcome },
];

describe('the probe of sizes', () => {
  it('ends at the first answer with another status', async () => {
    const probes = await probe((response) => response.writeHead(502).end());
    expect(probes).toEqual(found({ status: 502 }));
  });

  it('sees that an answer is shorter than it should be', async () => {
    expect(await probe((response) => response.end('.'))).toEqual(found('cut off'));
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
  ])('takes a connection that breaks %s for one, too', async (_, answerMore) => {
    expect(await probe(answerMore)).toEqual(
      found({ error: expect.stringMatching(/^breaks off: \w+/) }),
    );
  });

  it('does not wait for ever', async () => {
    const probes = await probe(() => {}, 1000);
    expect(probes).toEqual(found({ error: 'gets no answer within 1 s' }));
  });

  it('asks for nothing once it is stopped', async () => {
    const stopped = AbortSignal.abort(new Error('stopped'));
    await expect(probeSizes('http://127.0.0.1:1', stopped)).rejects.toThrow('stopped');
  });
});
