import {
  actionIn,
  MENU_BODY,
  manifestFunction,
  syncedPaths,
  VARIABLES,
  WEBHOOK_BODY,
} from '../call';
import { hostCheckout, hostFunctions } from '../hosts';
import { LOAD_FIGURES, startLoad } from '../load';
import type { Contender } from '../measure';
import type { Section, Table } from '../table';

const CONSTANT = 'the runtime with constant TwiML';

export const twiml: Table = {
  name: 'twiml',
  title: 'TwiML of a running Function',
  about:
    "Webhooks of a call, answered by Functions that are loaded, in Twilio's own runtime, each contender in a process of its own. The prompts of the sample call flow are Assets, but for those of the rows that say proxy. Beside it: a Function that answers a constant text, and one that writes a menu with Twilio's VoiceResponse and decides nothing.",
  async run(bench) {
    const load = await startLoad(bench);
    const constant = await hostFunctions(bench, ['constant-twiml'], { variables: {} });
    const peer = await hostFunctions(bench, ['voice-response'], { variables: {} });
    const ours: { readonly name: string; readonly origin: string }[] = [];
    for (const checkout of bench.checkouts) {
      const manifest = manifestFunction(bench, checkout, syncedPaths(100));
      const assets = { variables: VARIABLES, functions: [manifest] };
      const { name } = checkout;
      ours.push(
        { name, origin: await hostCheckout(bench, checkout, assets) },
        {
          name: `${name}, through the proxy`,
          origin: await hostCheckout(bench, checkout, { variables: VARIABLES }),
        },
      );
    }
    const by = (name: string, url: string, body: string): Contender => ({
      name,
      measure: () => load.measure({ url, method: 'POST', body }),
    });
    const voice = ours.map(({ name, origin }) => ({ name, url: `${origin}/voice` }));
    const menu = await Promise.all(
      voice.map(async ({ name, url }) => ({ name, url: await actionOf(url) })),
    );
    const sections: Section[] = [];
    for (const [title, urls, body] of [
      ['/voice', voice, WEBHOOK_BODY],
      ['/menu, after a key', menu, MENU_BODY],
    ] as const) {
      sections.push(
        await bench.measure({
          title,
          figures: Object.values(LOAD_FIGURES),
          contenders: [
            by(CONSTANT, `${constant}/constant-twiml`, body),
            ...urls.map(({ name, url }) => by(name, url, body)),
            by('VoiceResponse alone', `${peer}/voice-response`, body),
          ],
          beside: CONSTANT,
          rounds: bench.quick ? 2 : 11,
          warmUps: bench.quick ? 0 : 3,
          maxMs: 40_000,
        }),
      );
    }
    return sections;
  },
};

/** Where the first question of a call sends its answer. */
async function actionOf(voiceUrl: string): Promise<string> {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const answer = await fetch(voiceUrl, { method: 'POST', headers, body: WEBHOOK_BODY });
  const { pathname, search } = actionIn(await answer.text());
  return new URL(pathname + search, voiceUrl).href;
}
