import {
  againName,
  type Contender,
  type Measured,
  median,
  type Ratio,
  ratioOf,
  samplesOf,
} from './measure';
import type { Peers } from './peers';

/** A table of the bench: `npm run bench -- <name>` runs it alone. */
export interface Table {
  readonly name: string;
  readonly title: string;
  /** What its figures mean, and what its contenders are. A reader may see the table for the first time. */
  readonly about: string;
  readonly run: (bench: Bench) => Promise<readonly Section[]>;
}

/** This project at one checkout. */
export interface Checkout {
  /** The name of its row: `ours`, or `before`. */
  readonly name: string;
  /** Folder with src/, and with bundled Functions in .twilioserverless/. */
  readonly directory: string;
}

/** What a table gets from the bench. */
export interface Bench {
  /** Whether to take the smallest sizes and few rounds: some 8 seconds for a table. */
  readonly quick: boolean;
  /** This checkout, and the one that --beside names. A table that can compare both does. */
  readonly checkouts: readonly Checkout[];
  /** A place for a file that the bench makes, such as `signing/ours.js`; git ignores it. */
  file(name: string): string;
  readonly peers: Peers;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Measures the contenders of a section, in interleaved rounds. */
  measure(plan: SectionPlan): Promise<Section>;
  /** Has something undone when the table ends, however it ends; the last one first. */
  defer(undo: () => Promise<void> | void): void;
}

/** One column of a section. */
export interface Figure {
  /** Its name in the samples. */
  readonly name: string;
  /** Over its column, such as `p50`. */
  readonly title: string;
  /** Such as ms, MB, calls, 1/s; empty for a bare count. */
  readonly unit: string;
  /** Which contender the ratios are of; false has no ratios. Default: the section's. */
  readonly beside?: string | false;
  /** Shows the highest of all rounds in place of the median: a failure in one of them counts. */
  readonly showsHighest?: true;
}

/** Contenders that do the same work, and how they are compared. */
export interface SectionPlan {
  /** Such as `10 kB`; empty where the table has one section only. */
  readonly title: string;
  readonly figures: readonly Figure[];
  readonly contenders: readonly Contender[];
  /** The contender beside which all others are set, and which is measured twice for the noise. */
  readonly beside: string;
  /** Another one for the noise; false for none, where a round takes too long. */
  readonly again?: string | false;
  readonly rounds: number;
  readonly warmUps?: number;
  readonly maxMs?: number;
  /** Sentences below the section. */
  readonly notes?: readonly string[];
}

/** A section as measured. */
export interface Section {
  readonly title: string;
  readonly figures: readonly Figure[];
  readonly beside: string;
  readonly rounds: number;
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
}

export interface Row {
  readonly name: string;
  /** How far the same contender is from itself: the ratios are beside its own first measurement. */
  readonly isNoise: boolean;
  /** One for each figure; undefined where it was not measured. */
  readonly cells: readonly (Cell | undefined)[];
  /** Why there are no figures. */
  readonly problem: string | undefined;
}

export interface Cell {
  /** The median over the rounds, or the highest. */
  readonly value: number;
  readonly ratio: Ratio | undefined;
}

/** The rows of a section, in the order of its contenders, the noise last. */
export function sectionOf(plan: SectionPlan, { rounds, problems }: Measured): Section {
  const { title, figures, beside, contenders, notes = [] } = plan;
  const row = (name: string, besideItself?: string): Row => ({
    name,
    isNoise: besideItself !== undefined,
    problem: problems.get(name),
    cells: figures.map((figure) => {
      const numbers = samplesOf(rounds, name, figure.name);
      if (numbers.length === 0) return undefined;
      const reference = figure.beside === false ? undefined : (figure.beside ?? beside);
      const other = reference && (besideItself ?? reference);
      return {
        value: figure.showsHighest ? Math.max(...numbers) : median(numbers),
        ratio: other === undefined ? undefined : ratioOf(rounds, name, other, figure.name),
      };
    }),
  });
  const again = noiseContender(plan);
  return {
    title,
    figures,
    beside,
    rounds: rounds.length,
    rows: [
      ...contenders.map(({ name }) => row(name)),
      ...(again === undefined ? [] : [row(againName(again), again)]),
    ],
    notes,
  };
}

/** The contender that is measured twice a round. */
export function noiseContender({ again, beside }: SectionPlan): string | undefined {
  return again === false ? undefined : (again ?? beside);
}
