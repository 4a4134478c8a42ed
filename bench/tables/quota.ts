import { BARE_AUDIO, prepareFirstAnswers, VOICE_RESPONSE } from '../first-answers';
import { createQuota } from '../quota';
import type { Table } from '../table';
import { FIRST_ANSWER } from './cold';

/**
 * Lambda gives a function 1,769 MB of memory for one core, and less in proportion; Twilio's Functions
 * have 256 MB. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
const SHARE = 0.15;

export const quota: Table = {
  name: 'quota',
  title: `The first answer of a cold Function with ${SHARE} of a core`,
  about:
    'The same as the table before, with about the CPU that 256 MB get on Lambda. The first answer of /voice is what a caller hears as silence after the first ring.',
  async run(bench) {
    const limited = await createQuota(SHARE, `twilio-s3-play-bench-${process.pid}`, bench.peers);
    if (limited) bench.defer(limited.undo);
    const { webhooks, audio } = await prepareFirstAnswers(bench, limited?.limit);
    const plan = {
      figures: [FIRST_ANSWER],
      rounds: bench.quick ? 1 : 7,
      warmUps: 0,
      maxMs: 60_000,
      notes: limited ? [`The limit is enforced by ${limited.by}.`] : [],
    };
    const without = (contenders: typeof webhooks) =>
      limited
        ? contenders
        : contenders.map(({ name }) => ({ name, missing: 'neither control groups nor cpulimit' }));
    // The largest manifest is where a caller waits longest.
    const longest = webhooks.filter(({ name }) => !/\/(menu|fallback)$/.test(name));
    return [
      await bench.measure({
        ...plan,
        title: 'Webhooks',
        contenders: without(longest),
        beside: VOICE_RESPONSE,
      }),
      await bench.measure({
        ...plan,
        title: '/audio',
        contenders: without(audio),
        beside: BARE_AUDIO,
      }),
    ];
  },
};
