import { describe, expect, it } from '@jest/globals';
import { playTwiml } from '../../../phone';
import { type CallContent, isAsExpected, type Stage } from '../../../sandbox/rehearsal/scenario';
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

/** What a caller hears of a URL that answers with this status. */
async function played(path: string, status = 200): Promise<CallContent> {
  const twiml = `<Response><Play>https://example.com${path}</Play></Response>`;
  const headers = { 'content-type': 'audio/mpeg' };
  const send = async () => ({ status, headers, body: Buffer.alloc(0) });
  const { events } = await walk(playTwiml(twiml, phoneOptions({ send })));
  return { played: events.filter((event) => event.kind === 'media'), spoken: [] };
}

const spoken = (...texts: string[]): CallContent => ({ played: [], spoken: texts });

/** A rehearsal in which callers hear `deployed` after the deploys, and `synced` after the syncs. */
function rehearsal(deployed: CallContent, synced: CallContent): Stage[] {
  const deploy = { command: 'deploy', uploads: 1, prompts: 0, heard: deployed } as const;
  const sync = { command: 'sync', uploads: 7, prompts: 7, heard: synced } as const;
  return [deploy, sync, deploy, { ...sync, uploads: 0 }];
}

describe('a rehearsal', () => {
  it('is as expected when calls play through the proxy first, and Assets after a sync', async () => {
    const stages = rehearsal(await played('/audio?key=a'), await played('/audio/a.mp3'));
    expect(isAsExpected(stages, flow)).toBe(true);
    expect(isAsExpected(stages.slice(0, 3), flow)).toBe(false);
  });

  it('is as expected when calls speak the prompts that have no recording', () => {
    const texts = spoken('Press one.', 'Goodbye.');
    expect(isAsExpected(rehearsal(texts, texts), flow)).toBe(true);
  });

  it.each([
    ['hear nothing', spoken()],
    ['hear an apology', spoken('We are sorry.')],
    ['hear the text of a prompt that has a recording', spoken('Nine to five.')],
  ])('is not as expected when callers %s', (_, heard) => {
    expect(isAsExpected(rehearsal(spoken('Goodbye.'), heard), flow)).toBe(false);
    expect(isAsExpected(rehearsal(heard, spoken('Goodbye.')), flow)).toBe(false);
  });

  it('is not as expected when a medium is refused, or is served another way', async () => {
    const [proxy, asset] = [await played('/audio?key=a'), await played('/audio/a.mp3')];
    expect(isAsExpected(rehearsal(await played('/audio?key=a', 404), asset), flow)).toBe(false);
    expect(isAsExpected(rehearsal(proxy, proxy), flow)).toBe(false);
  });

  it('is not as expected when a prompt is uploaded twice', async () => {
    const stages = rehearsal(await played('/audio?key=a'), await played('/audio/a.mp3'));
    const again = stages.map((stage, index) => (index === 3 ? { ...stage, uploads: 1 } : stage));
    expect(isAsExpected(again, flow)).toBe(false);
  });
});
