import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type CarryOver, carryOverOf, fingerprint } from '../../src/sync/carry-over';
import {
  expectedCarryOver,
  isNewest,
  type PastDeployment,
  readDeployments,
} from '../../src/sync/deployments';
import type { Build, Deployment } from '../../src/twilio/resources';
import {
  deployed,
  deployNamed,
  sidOf,
  syncedBuild,
  toolkitBuild,
  version,
} from '../helpers/sync/values';

const [firstCode, secondCode, thirdCode] = ['first', 'second', 'third'].map(deployNamed) as [
  CarryOver,
  CarryOver,
  CarryOver,
];
const FIRST_DEPLOY = toolkitBuild('first');
const SECOND_DEPLOY = toolkitBuild('second');
const THIRD_DEPLOY = toolkitBuild('third');
const SYNC = syncedBuild('sync', { on: FIRST_DEPLOY, carryOver: firstCode });
/** Two runs that were planned while SYNC was live. */
const NEXT_SYNC = syncedBuild('next sync', { on: SYNC, carryOver: firstCode });
const RACING_SYNC = syncedBuild('racing sync', { on: SYNC, carryOver: firstCode });
const SYNC_OF_SECOND = syncedBuild('sync of second', { on: SECOND_DEPLOY, carryOver: secondCode });
/** Puts back SECOND_DEPLOY, which NEXT_SYNC has undone. */
const REPAIR = syncedBuild('repair', { on: NEXT_SYNC, carryOver: secondCode });
/** Twilio's console adds a Function to SYNC and keeps all else, the manifest too. */
const CONSOLE_EDIT = {
  ...SYNC,
  sid: sidOf('ZB', 'console edit'),
  functions: [...SYNC.functions, version('/extra')],
};
/** The sync of another environment made it, from a Build that was never live here. */
const PROMOTED = syncedBuild('promoted', { on: THIRD_DEPLOY, carryOver: thirdCode });

interface Look {
  readonly carryOver: CarryOver;
  readonly past: readonly PastDeployment[];
  /** How many Builds were asked for. */
  readonly fetched: number;
}

async function lookBack(
  deployments: readonly Deployment[],
  live: Build,
  builds: readonly Build[],
): Promise<Look> {
  let fetched = 0;
  const past = await readDeployments(deployments, live, async (sid) => {
    fetched++;
    return builds.find((build) => build.sid === sid);
  });
  return { carryOver: expectedCarryOver(past, live), past, fetched };
}

/** The last of these Builds is live. */
function lookBackOver(builds: readonly Build[], seconds = 60): Promise<Look> {
  return lookBack(deployed(builds, seconds), builds.at(-1) ?? FIRST_DEPLOY, builds);
}

describe('the carry-over that must be live', () => {
  it.each<[string, Build[], CarryOver]>([
    ['a deploy by the toolkit, never synced', [FIRST_DEPLOY], firstCode],
    ['a deploy and its sync', [FIRST_DEPLOY, SYNC], firstCode],
    ['two syncs in turn', [FIRST_DEPLOY, SYNC, NEXT_SYNC], firstCode],
    ['a deploy after a sync', [FIRST_DEPLOY, SYNC, SECOND_DEPLOY], secondCode],
    ['a deploy that a sync undid', [FIRST_DEPLOY, SYNC, SECOND_DEPLOY, NEXT_SYNC], secondCode],
    [
      'a deploy that a sync undid, after its repair',
      [FIRST_DEPLOY, SYNC, SECOND_DEPLOY, NEXT_SYNC, REPAIR],
      secondCode,
    ],
    [
      'a deploy that two racing syncs undid',
      [FIRST_DEPLOY, SYNC, SECOND_DEPLOY, NEXT_SYNC, RACING_SYNC],
      secondCode,
    ],
    [
      'a deploy between two racing syncs',
      [FIRST_DEPLOY, SYNC, NEXT_SYNC, SECOND_DEPLOY, RACING_SYNC],
      secondCode,
    ],
    [
      'two deploys that a sync undid',
      [FIRST_DEPLOY, SYNC, SECOND_DEPLOY, THIRD_DEPLOY, NEXT_SYNC],
      thirdCode,
    ],
    [
      'a deploy that the repair of another one undid',
      [FIRST_DEPLOY, SYNC, SECOND_DEPLOY, NEXT_SYNC, THIRD_DEPLOY, REPAIR],
      thirdCode,
    ],
    ['two racing syncs and no deploy', [FIRST_DEPLOY, SYNC, NEXT_SYNC, RACING_SYNC], firstCode],
    [
      'a rollback to a Build of the sync long after it',
      [FIRST_DEPLOY, SYNC, NEXT_SYNC, SECOND_DEPLOY, NEXT_SYNC],
      firstCode,
    ],
    [
      'a rollback to a Build of the toolkit',
      [FIRST_DEPLOY, SYNC, SECOND_DEPLOY, SYNC_OF_SECOND, FIRST_DEPLOY],
      firstCode,
    ],
    [
      'a rollback to a Build of the sync',
      [FIRST_DEPLOY, SYNC, SECOND_DEPLOY, SYNC_OF_SECOND, SYNC],
      firstCode,
    ],
    [
      'a rollback that a sync undid',
      [
        FIRST_DEPLOY,
        SYNC,
        SECOND_DEPLOY,
        SYNC_OF_SECOND,
        SYNC,
        syncedBuild('last', { on: SYNC_OF_SECOND, carryOver: secondCode }),
      ],
      firstCode,
    ],
    [
      'a Build that the console made from one of the sync',
      [FIRST_DEPLOY, SYNC, CONSOLE_EDIT],
      carryOverOf(CONSOLE_EDIT),
    ],
    [
      'a Build of the console that a sync undid',
      [FIRST_DEPLOY, SYNC, CONSOLE_EDIT, NEXT_SYNC],
      carryOverOf(CONSOLE_EDIT),
    ],
    ['a Build promoted from another environment', [FIRST_DEPLOY, SYNC, PROMOTED], thirdCode],
    ['a promoted Build that a sync undid', [FIRST_DEPLOY, SYNC, PROMOTED, NEXT_SYNC], thirdCode],
  ])('is right after %s', async (_, builds, expected) => {
    const { carryOver } = await lookBackOver(builds);
    expect(fingerprint(carryOver)).toBe(fingerprint(expected));
  });

  it('is that of the live Build when Twilio has deleted the Builds before it', async () => {
    const { carryOver } = await lookBack(
      deployed([FIRST_DEPLOY, SYNC, SECOND_DEPLOY, NEXT_SYNC]),
      NEXT_SYNC,
      [FIRST_DEPLOY, SYNC, NEXT_SYNC],
    );
    expect(fingerprint(carryOver)).toBe(fingerprint(firstCode));
  });

  it('is that of the live Build when the list of Deployments lacks it', async () => {
    const { carryOver, past } = await lookBack(deployed([FIRST_DEPLOY, SYNC]), SECOND_DEPLOY, [
      FIRST_DEPLOY,
      SYNC,
      SECOND_DEPLOY,
    ]);
    expect(fingerprint(carryOver)).toBe(fingerprint(secondCode));
    expect(past).toEqual([]);
  });

  it('ignores what was deployed after the Build that was read', async () => {
    const { carryOver } = await lookBack(deployed([FIRST_DEPLOY, SYNC, SECOND_DEPLOY]), SYNC, [
      FIRST_DEPLOY,
      SYNC,
      SECOND_DEPLOY,
    ]);
    expect(fingerprint(carryOver)).toBe(fingerprint(firstCode));
  });
});

describe('a Build of the sync that is deployed a second time', () => {
  const again = [SYNC, NEXT_SYNC, SECOND_DEPLOY, NEXT_SYNC];

  it('within the time of a race has undone the deploy in between', async () => {
    const { carryOver } = await lookBackOver(again, 10);
    expect(fingerprint(carryOver)).toBe(fingerprint(secondCode));
  });

  it("later is a person's rollback", async () => {
    const { carryOver } = await lookBackOver(again, 16);
    expect(fingerprint(carryOver)).toBe(fingerprint(firstCode));
  });
});

describe('reading the Deployments', () => {
  it('fetches no other Build when the live one was made from the one that it replaced', async () => {
    expect(await lookBackOver([FIRST_DEPLOY, SYNC, NEXT_SYNC])).toMatchObject({
      fetched: 0,
      past: [{ build: NEXT_SYNC }],
    });
  });

  it('fetches one Build when a deploy follows a sync', async () => {
    const { fetched, past } = await lookBackOver([FIRST_DEPLOY, SYNC, SECOND_DEPLOY]);
    expect(fetched).toBe(1);
    expect(past.map(({ build }) => build.sid)).toEqual([SECOND_DEPLOY.sid, SYNC.sid]);
  });

  it('ends after ten Deployments, however many there were', async () => {
    const builds = Array.from({ length: 30 }, (_, index) => toolkitBuild(`deploy ${index}`));
    expect((await lookBackOver(builds)).past).toHaveLength(10);
  });

  it('ends where the environment was emptied', async () => {
    const [first, , last] = deployed([FIRST_DEPLOY, SECOND_DEPLOY, SYNC]);
    if (!first || !last) throw new Error('there are three');
    const emptied = {
      ...first,
      sid: sidOf('ZD', 'emptied'),
      createdAt: new Date(90_000),
      buildSid: undefined,
    };
    const { past } = await lookBack([first, emptied, last], SYNC, [FIRST_DEPLOY, SYNC]);
    expect(past.map(({ build }) => build.sid)).toEqual([SYNC.sid]);
  });
});

/** An environment, people who deploy to it, and runs of the sync that take their time. */
class World {
  readonly builds: Build[] = [];
  readonly deployments: Deployment[] = [];
  /** Runs between their look at the environment and their Deployment. */
  readonly runs: { readonly on: Build; readonly build: Build; sure: boolean }[] = [];
  /** What a person chose last. */
  chosen: CarryOver = firstCode;
  #second = 0;

  constructor(private readonly shuffle: (list: readonly Deployment[]) => Deployment[]) {
    this.deployByToolkit();
  }

  get live(): Build {
    const build = this.builds.find(({ sid }) => sid === this.deployments.at(-1)?.buildSid);
    if (!build) throw new Error('nothing is live');
    return build;
  }

  deployByToolkit(): void {
    const name = `deploy ${this.builds.length}`;
    this.chosen = deployNamed(name);
    this.#deploy(this.#add(toolkitBuild(name)), 1);
  }

  /** Brings what the sync of another environment has made there. */
  promote(): void {
    const name = `promoted ${this.builds.length}`;
    this.chosen = deployNamed(name);
    this.#deploy(
      this.#add(syncedBuild(name, { on: toolkitBuild(`there, ${name}`), carryOver: this.chosen })),
      1,
    );
  }

  /** To a Build that was live and is not now. */
  rollBack(choice: number): void {
    const lived = this.deployments.map(({ buildSid }) => buildSid);
    const past = this.builds.filter(({ sid }) => lived.includes(sid) && sid !== this.live.sid);
    const build = past[choice % Math.max(1, past.length)];
    if (!build) return;
    this.chosen = carryOverOf(build);
    // Nobody deploys and rolls back within the time that two racing runs may take, nor that a run
    // takes between its last look and its Deployment.
    for (const run of this.runs) run.sure = false;
    this.#deploy(build, 31);
  }

  /** A run looks at the environment, uploads and builds. */
  async plan(): Promise<void> {
    const on = this.live;
    const { carryOver } = await lookBack(this.shuffle(this.deployments), on, this.builds);
    const build = this.#add(syncedBuild(`sync ${this.builds.length}`, { on, carryOver }));
    this.runs.push({ on, build, sure: false });
  }

  /** A second run plans the same, and finds the first one's Build. */
  adopt(choice: number): void {
    const run = this.runs[choice % Math.max(1, this.runs.length)];
    if (run && run.on.sid === this.live.sid) this.runs.push({ ...run, sure: false });
  }

  /** A run looks once more; it goes on if nothing moved, and its Build was never live. */
  check(choice: number): void {
    const run = this.runs[choice % Math.max(1, this.runs.length)];
    if (!run || run.sure) return;
    const wasLive = this.deployments.some(({ buildSid }) => buildSid === run.build.sid);
    if (run.on.sid === this.live.sid && !wasLive) run.sure = true;
    else this.runs.splice(this.runs.indexOf(run), 1);
  }

  /** A run that has checked deploys its Build, whatever has happened since. */
  activate(choice: number, seconds: number): void {
    const sure = this.runs.filter((run) => run.sure);
    const run = sure[choice % Math.max(1, sure.length)];
    if (!run) return;
    this.runs.splice(this.runs.indexOf(run), 1);
    this.#deploy(run.build, seconds);
  }

  async syncAlone(): Promise<void> {
    this.runs.length = 0;
    await this.plan();
    this.check(0);
    this.activate(0, 1);
  }

  #add(build: Build): Build {
    this.builds.push(build);
    return build;
  }

  #deploy({ sid: buildSid }: Build, seconds: number): void {
    this.#second += seconds;
    const sid = sidOf('ZD', String(this.deployments.length));
    this.deployments.push({ sid, buildSid, createdAt: new Date(this.#second * 1000) });
  }
}

type Move = (world: World) => void | Promise<void>;

const choice = fc.nat(5);
const move: fc.Arbitrary<Move> = fc.oneof(
  fc.constant<Move>((world) => world.deployByToolkit()),
  fc.constant<Move>((world) => world.promote()),
  choice.map(
    (n): Move =>
      (world) =>
        world.rollBack(n),
  ),
  fc.constant<Move>((world) => world.plan()),
  fc.constant<Move>((world) => world.plan()),
  choice.map(
    (n): Move =>
      (world) =>
        world.adopt(n),
  ),
  choice.map(
    (n): Move =>
      (world) =>
        world.check(n),
  ),
  choice.map(
    (n): Move =>
      (world) =>
        world.check(n),
  ),
  fc.tuple(choice, fc.nat(1)).map(
    ([n, seconds]): Move =>
      (world) =>
        world.activate(n, seconds),
  ),
  fc.tuple(choice, fc.nat(1)).map(
    ([n, seconds]): Move =>
      (world) =>
        world.activate(n, seconds),
  ),
);

describe('the newest Deployment', () => {
  it.each<[string, Build[], number, boolean]>([
    ['the last one', [FIRST_DEPLOY, SYNC], 1, true],
    ['the last one by a second Deployment of it', [SYNC, FIRST_DEPLOY, SYNC], 1, true],
    ['one before the last', [SYNC, FIRST_DEPLOY], 1, false],
    ['one of two in the same second', [FIRST_DEPLOY, SYNC], 0, false],
    ['one that was deployed twice in the same second', [SYNC, SYNC], 0, true],
    ['one of none', [], 1, false],
  ])('is told, in any order of the list, of %s', (_, builds, seconds, expected) => {
    const deployments = deployed(builds, seconds);
    for (const order of orders) expect(isNewest(SYNC.sid, order(deployments))).toBe(expected);
  });
});

const orders: ((list: readonly Deployment[]) => Deployment[])[] = [
  (list) => [...list],
  (list) => [...list].reverse(),
  (list) => [...list].sort((a, b) => (a.sid < b.sid ? -1 : 1)),
];

describe('any history of deploys, rollbacks and racing runs', () => {
  it('ends, after one more run, with the code that a person chose last', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(move, { maxLength: 25 }),
        fc.constantFrom(...orders),
        async (moves, order) => {
          const world = new World(order);
          for (const act of moves) await act(world);
          await world.syncAlone();
          expect(fingerprint(carryOverOf(world.live))).toBe(fingerprint(world.chosen));
        },
      ),
      { numRuns: 3000 },
    );
  });
});
