import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Code, codeOf, fingerprint } from '../../src/sync/carry-over';
import { type Deployed, expectedCode, walkBack } from '../../src/sync/history';
import type { Build, Deployment } from '../../src/twilio/resources';
import {
  codeNamed,
  deployed,
  sidOf,
  syncedBuild,
  toolkitBuild,
  version,
} from '../helpers/sync/values';

const [t1, t2, t3] = ['t1', 't2', 't3'].map(codeNamed) as [Code, Code, Code];
const T1 = toolkitBuild('t1');
const T2 = toolkitBuild('t2');
const T3 = toolkitBuild('t3');
const X = syncedBuild('X', { on: T1, code: t1 });
/** Planned when X was live. */
const A = syncedBuild('A', { on: X, code: t1 });
const B = syncedBuild('B', { on: X, code: t1 });
const Y = syncedBuild('Y', { on: T2, code: t2 });
/** What a repair makes of A, behind which T2 was lost. */
const R = syncedBuild('R', { on: A, code: t2 });
/** Twilio's console adds a Function to X and keeps all else, the manifest too. */
const C = { ...X, sid: sidOf('ZB', 'C'), functions: [...X.functions, version('/extra')] };
/** The sync of another environment made it, from a Build that was never live here. */
const P = syncedBuild('P', { on: T3, code: t3 });

interface Look {
  readonly code: Code;
  readonly walked: readonly Deployed[];
  readonly fetched: number;
}

async function lookBack(
  deployments: readonly Deployment[],
  live: Build,
  builds: readonly Build[],
): Promise<Look> {
  let fetched = 0;
  const walked = await walkBack(deployments, live, async (sid) => {
    fetched++;
    return builds.find((build) => build.sid === sid);
  });
  return { code: expectedCode(walked, live), walked, fetched };
}

/** The last of these Builds is live. */
function lookBackOver(builds: readonly Build[], seconds = 60): Promise<Look> {
  return lookBack(deployed(builds, seconds), builds.at(-1) ?? T1, builds);
}

describe('the code that must be live', () => {
  it.each<[string, Build[], Code]>([
    ['a deploy by the toolkit, never synced', [T1], t1],
    ['a deploy and its sync', [T1, X], t1],
    ['two syncs in turn', [T1, X, A], t1],
    ['a deploy after a sync', [T1, X, T2], t2],
    ['a deploy that a sync undid', [T1, X, T2, A], t2],
    ['a deploy that a sync undid, after its repair', [T1, X, T2, A, R], t2],
    ['a deploy that two racing syncs undid', [T1, X, T2, A, B], t2],
    ['a deploy between two racing syncs', [T1, X, A, T2, B], t2],
    ['two deploys that a sync undid', [T1, X, T2, T3, A], t3],
    ['a deploy that the repair of another one undid', [T1, X, T2, A, T3, R], t3],
    ['two racing syncs and no deploy', [T1, X, A, B], t1],
    ['a rollback to a Build of the sync long after it', [T1, X, A, T2, A], t1],
    ['a rollback to a Build of the toolkit', [T1, X, T2, Y, T1], t1],
    ['a rollback to a Build of the sync', [T1, X, T2, Y, X], t1],
    ['a rollback that a sync undid', [T1, X, T2, Y, X, syncedBuild('Z', { on: Y, code: t2 })], t1],
    ['a Build that the console made from one of the sync', [T1, X, C], codeOf(C)],
    ['a Build of the console that a sync undid', [T1, X, C, A], codeOf(C)],
    ['a Build promoted from another environment', [T1, X, P], t3],
    ['a promoted Build that a sync undid', [T1, X, P, A], t3],
  ])('is right after %s', async (_, builds, expected) => {
    const { code } = await lookBackOver(builds);
    expect(fingerprint(code)).toBe(fingerprint(expected));
  });

  it('is that of the live Build when what lies behind it is gone', async () => {
    const { code } = await lookBack(deployed([T1, X, T2, A]), A, [T1, X, A]);
    expect(fingerprint(code)).toBe(fingerprint(t1));
  });

  it('is that of the live Build when the list of Deployments does not have it yet', async () => {
    const { code, walked } = await lookBack(deployed([T1, X]), T2, [T1, X, T2]);
    expect(fingerprint(code)).toBe(fingerprint(t2));
    expect(walked).toEqual([]);
  });

  it('ignores what was deployed after the Build that was read', async () => {
    const { code } = await lookBack(deployed([T1, X, T2]), X, [T1, X, T2]);
    expect(fingerprint(code)).toBe(fingerprint(t1));
  });

  it('is right when a deploy, the sync that undid it and the one before are of one second', async () => {
    for (const order of permutations(deployed([X, T2, A], 0))) {
      const { code } = await lookBack(order, A, [X, T2, A]);
      expect(fingerprint(code)).toBe(fingerprint(t2));
    }
  });
});

describe('a Build of the sync that is deployed a second time', () => {
  const again = [X, A, T2, A];

  it('within the time of a race undid the deploy between', async () => {
    const { code } = await lookBackOver(again, 10);
    expect(fingerprint(code)).toBe(fingerprint(t2));
  });

  it("later is a person's rollback", async () => {
    const { code } = await lookBackOver(again, 16);
    expect(fingerprint(code)).toBe(fingerprint(t1));
  });
});

describe('walking back', () => {
  it('asks for no other Build when the live one was made from the one that it replaced', async () => {
    expect(await lookBackOver([T1, X, A])).toMatchObject({ fetched: 0, walked: [{ build: A }] });
  });

  it('asks for one when a deploy follows a sync', async () => {
    const { fetched, walked } = await lookBackOver([T1, X, T2]);
    expect(fetched).toBe(1);
    expect(walked.map(({ build }) => build.sid)).toEqual([T2.sid, X.sid]);
  });

  it('ends after ten Deployments, however many there were', async () => {
    const builds = Array.from({ length: 30 }, (_, index) => toolkitBuild(`deploy ${index}`));
    expect((await lookBackOver(builds)).walked).toHaveLength(10);
  });

  it('ends where the environment was emptied', async () => {
    const [first, , last] = deployed([T1, T2, X]);
    if (!first || !last) throw new Error('there are three');
    const emptied = {
      ...first,
      sid: sidOf('ZD', 'emptied'),
      createdAt: new Date(90_000),
      buildSid: undefined,
    };
    const { walked } = await lookBack([first, emptied, last], X, [T1, X]);
    expect(walked.map(({ build }) => build.sid)).toEqual([X.sid]);
  });
});

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) =>
    permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
  );
}

/** An environment, people who deploy to it, and runs of the sync that take their time. */
class World {
  readonly builds: Build[] = [];
  readonly deployments: Deployment[] = [];
  /** Runs between their look at the environment and their Deployment. */
  readonly runs: { readonly on: Build; readonly build: Build; sure: boolean }[] = [];
  /** What a person chose last. */
  chosen: Code = t1;
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
    this.chosen = codeNamed(name);
    this.#deploy(this.#add(toolkitBuild(name)), 1);
  }

  /** Brings what the sync of another environment has made there. */
  promote(): void {
    const name = `promoted ${this.builds.length}`;
    this.chosen = codeNamed(name);
    this.#deploy(
      this.#add(syncedBuild(name, { on: toolkitBuild(`there, ${name}`), code: this.chosen })),
      1,
    );
  }

  /** To a Build that was live and is not now. */
  rollBack(choice: number): void {
    const lived = this.deployments.map(({ buildSid }) => buildSid);
    const past = this.builds.filter(({ sid }) => lived.includes(sid) && sid !== this.live.sid);
    const build = past[choice % Math.max(1, past.length)];
    if (!build) return;
    this.chosen = codeOf(build);
    // Nobody deploys and rolls back within the time that two racing runs may take.
    this.#deploy(build, 31);
  }

  /** A run looks at the environment, uploads and builds. */
  async plan(): Promise<void> {
    const on = this.live;
    const { code } = await lookBack(this.shuffle(this.deployments), on, this.builds);
    const build = this.#add(syncedBuild(`sync ${this.builds.length}`, { on, code }));
    this.runs.push({ on, build, sure: false });
  }

  /** A second run plans the same, and finds the first one's Build. */
  adopt(choice: number): void {
    const run = this.runs[choice % Math.max(1, this.runs.length)];
    if (run && run.on.sid === this.live.sid) this.runs.push({ ...run, sure: false });
  }

  /** A run reads the environment once more; it goes on if nothing moved. */
  check(choice: number): void {
    const run = this.runs[choice % Math.max(1, this.runs.length)];
    if (!run || run.sure) return;
    if (run.on.sid === this.live.sid) run.sure = true;
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

const orders: ((list: readonly Deployment[]) => Deployment[])[] = [
  (list) => [...list],
  (list) => [...list].reverse(),
  (list) => [...list].sort((a, b) => (a.sid < b.sid ? -1 : 1)),
];

describe('any history of deploys, rollbacks and racing runs', () => {
  it('ends, after one run alone, with the code that a person chose last', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(move, { maxLength: 25 }),
        fc.constantFrom(...orders),
        async (moves, order) => {
          const world = new World(order);
          for (const act of moves) await act(world);
          await world.syncAlone();
          expect(fingerprint(codeOf(world.live))).toBe(fingerprint(world.chosen));
        },
      ),
      { numRuns: 3000 },
    );
  });
});
