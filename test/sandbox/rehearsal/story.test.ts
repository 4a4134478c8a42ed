import { describe, expect, it } from '@jest/globals';
import { playTwiml } from '../../../phone';
import { type Chapter, isAsExpected } from '../../../sandbox/rehearsal/story';
import type { Heard } from '../../../sandbox/rehearsal/telephone';
import { parseCallFlow } from '../../../src/call-flow/parse';
import { phoneOptions, walk } from '../../helpers/phone/server';

const flow = parseCallFlow(
  JSON.stringify({
    start: { action: 'menu', menu: 'main' },
    menus: {
      main: {
        prompt: { text: ' Press one. ' },
        digits: {
          1: { action: 'play', prompt: { key: 'prompts/hours.mp3', text: 'Nine to five.' } },
        },
      },
    },
    farewell: { text: 'Goodbye.' },
  }),
);

/** What a caller hears who is played this URL, which answers that status. */
async function played(path: string, status = 200): Promise<Heard> {
  const twiml = `<Response><Play>https://example.com${path}</Play></Response>`;
  const headers = { 'content-type': 'audio/mpeg' };
  const send = async () => ({ status, headers, body: Buffer.alloc(0) });
  const { events: steps } = await walk(playTwiml(twiml, phoneOptions({ send })));
  return { played: steps.filter((step) => step.kind === 'media'), said: [] };
}

const said = (...words: string[]): Heard => ({ played: [], said: words });

/** A story in which callers hear this after the deploys, and that after the syncs. */
function story(deployed: Heard, synced: Heard): Chapter[] {
  const deploy = { step: 'deploy', uploads: 1, prompts: 0, heard: deployed } as const;
  const sync = { step: 'sync', uploads: 7, prompts: 7, heard: synced } as const;
  return [deploy, sync, deploy, { ...sync, uploads: 0 }];
}

describe('the story of a rehearsal', () => {
  it('is good when calls play by the proxy first, and Assets after a sync', async () => {
    const chapters = story(await played('/audio?key=a'), await played('/audio/a.mp3'));
    expect(isAsExpected(chapters, flow)).toBe(true);
    expect(isAsExpected(chapters.slice(0, 3), flow)).toBe(false);
  });

  it('is good when calls say what the flow has as text only', () => {
    const words = said('Press one.', 'Goodbye.');
    expect(isAsExpected(story(words, words), flow)).toBe(true);
  });

  it.each([
    ['hear nothing', said()],
    ['are told that there is no menu', said('We are sorry.')],
    ['are said what there is a recording of', said('Nine to five.')],
  ])('is not when callers %s', (_, heard) => {
    expect(isAsExpected(story(said('Goodbye.'), heard), flow)).toBe(false);
    expect(isAsExpected(story(heard, said('Goodbye.')), flow)).toBe(false);
  });

  it('is not when a medium is refused, or comes another way', async () => {
    const [proxy, asset] = [await played('/audio?key=a'), await played('/audio/a.mp3')];
    expect(isAsExpected(story(await played('/audio?key=a', 404), asset), flow)).toBe(false);
    expect(isAsExpected(story(proxy, proxy), flow)).toBe(false);
  });

  it('is not when a prompt was uploaded twice', async () => {
    const chapters = story(await played('/audio?key=a'), await played('/audio/a.mp3'));
    const again = chapters.map((chapter, index) =>
      index === 3 ? { ...chapter, uploads: 1 } : chapter,
    );
    expect(isAsExpected(again, flow)).toBe(false);
  });
});
