import type { Contender } from '../measure';
import { runSync, startAccount } from '../stand-ins/start';
import type { Phases } from '../stand-ins/timeline';
import type { Bench, Checkout, Table } from '../table';

const LATENCY_MS = 150;

const PHASES = {
  total: 'total',
  start: 'start',
  look: 'look',
  wait: 'wait',
  upload: 'upload',
  build: 'Build',
  deploy: 'Deployment',
  call: 'call',
} as const satisfies Record<keyof Phases, string>;

const isPhase = (name: string): name is keyof Phases => name in PHASES;

export const freshness: Table = {
  name: 'freshness',
  title: 'An object is replaced in S3: when does a call play its new bytes?',
  about: `A bucket of the call flow's prompts and some others, one of which is replaced; a sync begins in the same moment, by npm run sync or by the deployment's /sync, called again as often as it asks for. Each request to Twilio takes ${LATENCY_MS} ms more than its own time, a Build half a second. Start is until the first request (of npm run sync: the process), look is reading S3 and Twilio, wait is for the bucket to be quiet (SYNC_QUIET_SECONDS, 3 by default, and up to one at random), Build includes the manifest, and call is until the first call's greeting has come.`,
  async run(bench) {
    const contenders: Contender[] = [];
    for (const checkout of bench.checkouts) {
      contenders.push(...(await contendersOf(bench, checkout)));
    }
    const section = await bench.measure({
      title: '',
      figures: Object.entries(PHASES).map(([name, title]) => ({
        name,
        title,
        unit: 's',
        beside: false,
      })),
      contenders,
      beside: contenders[0]?.name ?? '',
      again: false,
      rounds: bench.quick ? 1 : 3,
      warmUps: 0,
    });
    return [section];
  },
};

async function contendersOf(bench: Bench, checkout: Checkout): Promise<Contender[]> {
  const account = await startAccount(bench, {
    latencyMs: LATENCY_MS,
    project: checkout.directory,
    recordsS3: true,
    variables: bench.quick ? { SYNC_QUIET_SECONDS: '1' } : {},
  });
  await account.fill({ count: bench.quick ? 10 : 50, small: true });
  await runSync(checkout, account, ['--concurrency', '32']);
  let marks = 0;
  const replaceAndHear = (sync: boolean) =>
    account.replaceAndHear({ mark: `${checkout.name} ${++marks}`, sync });
  return [
    {
      name: `${checkout.name}, npm run sync`,
      async measure() {
        const heard = replaceAndHear(false);
        const [phases] = await Promise.all([heard, runSync(checkout, account)]);
        return inSeconds(phases);
      },
    },
    {
      name: `${checkout.name}, /sync`,
      measure: async () => inSeconds(await replaceAndHear(true)),
    },
  ];
}

function inSeconds(phases: Phases): Record<string, number> {
  return Object.fromEntries(
    Object.keys(PHASES)
      .filter(isPhase)
      .map((name) => [name, phases[name] / 1000]),
  );
}
