import { describe, expect, it } from '@jest/globals';
import { type MediaEvent, playTwiml } from '../../phone';
import { inspect, isAsExpected } from '../../sandbox/inspector';
import { phoneOptions, walk } from '../helpers/phone/server';

const PRESIGNED = 'http://s3.example/menu.mp3?X-Amz-Signature=ab';
const ASSET = 'http://example.com/audio/menu.mp3';
const PROXY = 'http://example.com/audio?key=menu.mp3';

/** The media of a call to this TwiML: whatever is appended to a presigned URL is refused. */
async function hear(verbs: string): Promise<MediaEvent[]> {
  const headers = { 'content-type': 'audio/mpeg' };
  const send = async ({ url }: { url: string }) => {
    const status = url.startsWith(`${PRESIGNED}&`) ? 403 : 200;
    return { status, headers, body: Buffer.alloc(0) };
  };
  const options = phoneOptions({ append: 'gather', send });
  const { events: steps } = await walk(playTwiml(`<Response>${verbs}</Response>`, options));
  return steps.filter((step) => step.kind === 'media');
}

const play = (url: string) => `<Play>${url}</Play>`;
const ask = (url: string) => `<Gather>${play(url)}</Gather>`;
const presigned = () => hear(play(PRESIGNED) + ask(PRESIGNED));

const inWords = (rows: ReturnType<typeof inspect>) =>
  rows.map(({ verb, plays, step }) => `${verb}: ${plays} ${step.status}`);

describe('the request inspector', () => {
  it('shows what was refused, and what was not', async () => {
    const rows = inspect(await presigned(), await hear(ask(ASSET)), await hear(ask(PROXY)));
    expect(inWords(rows)).toEqual([
      'Play: presigned URL 200',
      'Gather › Play: presigned URL 403',
      'Gather › Play: Asset 200',
      'Gather › Play: proxy 200',
    ]);
    expect(isAsExpected(rows)).toBe(true);
  });

  it.each([
    ['says its question', `${play(ASSET)}<Gather><Say>Press one.</Say></Gather>`],
    ['asks for nothing', play(ASSET)],
    ['plays nothing at all', '<Say>Goodbye.</Say>'],
  ])('leaves out the rows of a call that %s', async (_, verbs) => {
    const synced = await hear(verbs);
    expect(inWords(inspect([], synced, []))).toEqual([]);
    const rows = inspect(await presigned(), synced, await hear(ask(PROXY)));
    expect(rows).toHaveLength(3);
    expect(isAsExpected(rows)).toBe(false);
  });

  it('does not take one way for another', async () => {
    const rows = inspect(await presigned(), await hear(ask(PROXY)), await hear(ask(PROXY)));
    expect(rows).toHaveLength(4);
    expect(isAsExpected(rows)).toBe(false);
  });
});
