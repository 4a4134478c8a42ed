import { BARE_AUDIO, prepareFirstAnswers, VOICE_RESPONSE } from '../first-answers';
import type { Figure, Table } from '../table';

export const FIRST_ANSWER: Figure = { name: 'ms', title: 'first answer', unit: 'ms' };

export const cold: Table = {
  name: 'cold',
  title: 'The first answer of a cold Function',
  about:
    "Loading a Function and its first answer, in a fresh process each time, without what Node and Twilio's runtime take to start. A manifest of 1,000 prompts is the largest that a Build has. Beside the webhooks: a Function with Twilio's VoiceResponse alone, bundled, with the xmlbuilder that it comes with and ours do without. Beside /audio: the least that fetches 10 kB from S3, here the sandbox's server over HTTP. /sync answers that it needs its secret.",
  async run(bench) {
    const { webhooks, audio, sync } = await prepareFirstAnswers(bench);
    const rounds = bench.quick ? 1 : 25;
    const plan = { figures: [FIRST_ANSWER], rounds, warmUps: bench.quick ? 0 : 1, maxMs: 30_000 };
    const [first = ''] = sync.map(({ name }) => name);
    return [
      await bench.measure({
        ...plan,
        title: 'Webhooks',
        contenders: webhooks,
        beside: VOICE_RESPONSE,
      }),
      await bench.measure({ ...plan, title: '/audio', contenders: audio, beside: BARE_AUDIO }),
      await bench.measure({ ...plan, title: '/sync', contenders: sync, beside: first }),
    ];
  },
};
