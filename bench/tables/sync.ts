import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Contender, Sample } from '../measure';
import { type Ended, runToSuccess } from '../program';
import { type RunningAccount, runSync, startAccount } from '../stand-ins/start';
import type { Bench, Checkout, Section, Table } from '../table';

/** What a request to Twilio takes from Europe or Asia. */
const LATENCY_MS = 150;

/** Files, or requests, at once. */
const CONCURRENCY = 10;

/** The toolkit's own command line, which the project deploys with. */
const TOOLKIT = require.resolve('twilio-run/bin/twilio-run.js');

/** A way to publish the same files, in an account of its own. */
interface Publisher {
  readonly name: string;
  readonly account: RunningAccount;
  publish(): Promise<Ended>;
  /** Gives one of the files other bytes. */
  change(mark: string): Promise<unknown>;
}

export const sync: Table = {
  name: 'sync',
  title: 'Publishing 300 MP3s',
  about: `The whole command, process start included, against the sandbox's Twilio by HTTPS, where each request takes ${LATENCY_MS} ms more than its own time and a Build half a second; ${CONCURRENCY} files at once. twilio-run deploy is what one would use instead: it deploys the same files as assets of a project. Calls are requests to Twilio's API.`,
  async run(bench) {
    const count = bench.quick ? 10 : 300;
    const publishers: Publisher[] = [];
    for (const checkout of bench.checkouts) publishers.push(await ours(bench, checkout, count));
    publishers.push(await toolkit(bench, count));
    let marks = 0;
    const steps: readonly Step[] = [
      { title: 'First time', rounds: 1, inQuickRun: true },
      { title: 'Nothing has changed', rounds: 3 },
      {
        title: 'One has changed',
        rounds: 3,
        inQuickRun: true,
        before: ({ change }) => change(`changed ${++marks}`),
      },
    ];
    const sections: Section[] = [];
    const measured = bench.quick ? steps.filter(({ inQuickRun }) => inQuickRun) : steps;
    for (const step of measured) sections.push(await measureStep(bench, publishers, step, count));
    return sections;
  },
};

const latencyOf = ({ quick }: Bench) => (quick ? 10 : LATENCY_MS);

interface Step {
  readonly title: string;
  /** 1 for the first time, which cannot be repeated. */
  readonly rounds: number;
  readonly inQuickRun?: true;
  readonly before?: (publisher: Publisher) => Promise<unknown>;
}

function measureStep(
  bench: Bench,
  publishers: readonly Publisher[],
  { title, rounds, before }: Step,
  count: number,
): Promise<Section> {
  const contenders = publishers.map(
    (publisher): Contender => ({
      name: publisher.name,
      async measure(): Promise<Sample> {
        await before?.(publisher);
        await publisher.account.countCalls();
        const { ms } = await publisher.publish();
        const calls = await publisher.account.countCalls();
        return { s: ms / 1000, calls, perFile: calls / count };
      },
    }),
  );
  return bench.measure({
    title,
    figures: [
      { name: 's', title: 'time', unit: 's' },
      { name: 'calls', title: 'calls', unit: '' },
      { name: 'perFile', title: 'calls a file', unit: '', beside: false },
    ],
    contenders,
    beside: publishers.at(-1)?.name ?? '',
    again: false,
    rounds: bench.quick ? 1 : rounds,
    warmUps: 0,
  });
}

async function ours(bench: Bench, checkout: Checkout, count: number): Promise<Publisher> {
  const account = await startAccount(bench, {
    latencyMs: latencyOf(bench),
    project: checkout.directory,
  });
  await account.fill({ count, small: false });
  return {
    name: checkout.name,
    account,
    publish: () => runSync(checkout, account, ['--concurrency', `${CONCURRENCY}`]),
    change: (mark) => account.replace({ index: count - 1, mark }),
  };
}

async function toolkit(bench: Bench, count: number): Promise<Publisher> {
  const [{ directory: project = '' } = {}] = bench.checkouts;
  const account = await startAccount(bench, { latencyMs: latencyOf(bench), project });
  await account.fill({ count, small: false });
  const folder = await makeProject(bench.file('sync/twilio-run'), project, account);
  return {
    name: `${(await bench.peers.npm('twilio-run')).label} deploy`,
    account,
    publish: () =>
      runToSuccess(process.execPath, [TOOLKIT, 'deploy'], {
        cwd: folder,
        environment: {
          ...account.environment,
          TWILIO_SERVERLESS_API_CONCURRENCY: `${CONCURRENCY}`,
        },
      }),
    async change(mark) {
      await account.replace({ index: count - 1, mark });
      await writeAssets(folder, account);
    },
  };
}

/** A project of the toolkit with one Function, and the objects of the bucket as assets. */
async function makeProject(folder: string, project: string, account: RunningAccount) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'functions'), { recursive: true });
  const manifest = {
    name: 'bench-assets',
    version: '0.0.0',
    private: true,
    dependencies: { twilio: '6.2.0', '@twilio/runtime-handler': '2.0.1' },
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(
    join(folder, 'functions', 'hello.js'),
    'exports.handler = (context, event, callback) => callback(null, "hello");\n',
  );
  const { ACCOUNT_SID, AUTH_TOKEN } = account.variables;
  writeFileSync(join(folder, '.env'), `ACCOUNT_SID=${ACCOUNT_SID}\nAUTH_TOKEN=${AUTH_TOKEN}\n`, {
    mode: 0o600,
  });
  writeFileSync(join(folder, '.twilioserverlessrc'), JSON.stringify({ runtime: 'node22' }));
  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
  await writeAssets(folder, account);
  return folder;
}

async function writeAssets(folder: string, account: RunningAccount): Promise<void> {
  rmSync(join(folder, 'assets'), { recursive: true, force: true });
  mkdirSync(join(folder, 'assets'));
  // Its assets may not have all of the names that prompts have.
  const objects = await account.objects();
  objects.forEach(({ content }, index) => {
    writeFileSync(join(folder, 'assets', `${index}.mp3`), content);
  });
}
