/** What one measurement gave: a number for each figure, by its name. */
export type Sample = Readonly<Record<string, number>>;

/** One of the things that are compared. */
export type Contender = MeasuredContender | DerivedContender | MissingContender;

export interface MeasuredContender {
  readonly name: string;
  /** Measures once. What it throws is shown in its row, and it is measured no further. */
  readonly measure: () => Sample | Promise<Sample>;
}

/** Calculated in each round from what other contenders gave in it: a floor that is a sum. */
export interface DerivedContender {
  readonly name: string;
  readonly of: readonly string[];
  readonly derive: (samples: readonly Sample[]) => Sample;
}

/** Not measured: such as a peer that cannot be installed. */
export interface MissingContender {
  readonly name: string;
  /** Why, in a few words. */
  readonly missing: string;
}

export interface MeasurePlan {
  readonly contenders: readonly Contender[];
  /** The contender that is measured twice a round: how far it is from itself is the noise. */
  readonly again?: string;
  readonly rounds: number;
  /** Rounds before, whose samples are dropped. */
  readonly warmUps?: number;
  /** After this time no further round begins. The first one always ends. */
  readonly maxMs?: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Milliseconds, of any clock that only goes forward. */
  readonly now: () => number;
}

/** All samples of one round, by the names of the contenders. */
export type Round = ReadonlyMap<string, Sample>;

export interface Measured {
  readonly rounds: readonly Round[];
  /** Why a contender has no samples, by its name. */
  readonly problems: ReadonlyMap<string, string>;
}

/** The name under which a contender's second measurement of each round stands. */
export function againName(name: string): string {
  return `${name}, again`;
}

/**
 * Measures all contenders in rounds: each of them once a round, in an order that is drawn anew, so
 * that whatever else the machine does meets all of them alike. Ratios are taken within a round.
 */
export async function measureInRounds(plan: MeasurePlan): Promise<Measured> {
  const { contenders, again, warmUps = 1, maxMs = Number.POSITIVE_INFINITY, random, now } = plan;
  const problems = new Map<string, string>();
  const runners = new Map<string, MeasuredContender['measure']>();
  for (const contender of contenders) {
    if ('missing' in contender) problems.set(contender.name, `missing: ${contender.missing}`);
    if (!('measure' in contender)) continue;
    runners.set(contender.name, contender.measure);
    if (contender.name === again) runners.set(againName(again), contender.measure);
  }

  const measureRound = async (): Promise<Round> => {
    const samples = new Map<string, Sample>();
    for (const [name, measure] of shuffled([...runners], random)) {
      try {
        samples.set(name, await measure());
      } catch (thrown) {
        const [reason = ''] = (thrown instanceof Error ? thrown.message : String(thrown)).split(
          '\n',
        );
        problems.set(name, `failed: ${reason}`);
        runners.delete(name);
      }
    }
    for (const contender of contenders) {
      if (!('derive' in contender)) continue;
      const parts = contender.of.map((name) => samples.get(name)).filter((it) => it !== undefined);
      if (parts.length < contender.of.length) continue;
      samples.set(contender.name, contender.derive(parts));
    }
    return samples;
  };

  for (let round = 0; round < warmUps; round += 1) await measureRound();
  const rounds: Round[] = [];
  const start = now();
  do {
    rounds.push(await measureRound());
  } while (rounds.length < plan.rounds && now() - start < maxMs);
  return { rounds, problems };
}

/** Fisher-Yates. */
function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const rest = [...items];
  const drawn: Item[] = [];
  while (rest.length > 0) drawn.push(...rest.splice(Math.floor(random() * rest.length), 1));
  return drawn;
}

/** The value below which a share of the numbers lies, linear between two of them; NaN without any. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]];
  if (below === undefined || above === undefined) return Number.NaN;
  return below + (above - below) * (position % 1);
}

export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

/** A ratio of paired samples: its median and its quartiles over the rounds. */
export interface Ratio {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** The numbers of one contender's figure over all rounds that have it. */
export function samplesOf(rounds: readonly Round[], name: string, figure: string): number[] {
  return rounds.flatMap((round) => round.get(name)?.[figure] ?? []);
}

/**
 * One contender beside another, round by round. Undefined where no round has both, or where the
 * other's figure is 0.
 */
export function ratioOf(
  rounds: readonly Round[],
  name: string,
  reference: string,
  figure: string,
): Ratio | undefined {
  const ratios = rounds.flatMap((round) => {
    const [sample, base] = [round.get(name)?.[figure], round.get(reference)?.[figure]];
    return sample === undefined || !base ? [] : [sample / base];
  });
  if (ratios.length === 0) return undefined;
  return { median: median(ratios), low: quantile(ratios, 0.25), high: quantile(ratios, 0.75) };
}
