import * as v from 'valibot';
import { startChild } from './child';
import type { Sample } from './measure';
import { type LoadQuestion, loadAnswer } from './programs/load-messages';
import type { Bench, Figure } from './table';

/** Sends requests from a process of its own. */
export interface LoadGenerator {
  /** @returns p50 in milliseconds and requests a second */
  send(load: LoadQuestion): Promise<{ readonly p50: number; readonly perSecond: number }>;
  /** One request at a time, and then 30 of them. The names are those of LOAD_FIGURES. */
  measure(load: Omit<LoadQuestion, 'connections' | 'milliseconds'>): Promise<Sample>;
}

/** Connections of a busy deployment. */
const BUSY = 30;

export const LOAD_FIGURES = {
  p50: { name: 'p50', title: 'p50', unit: 'ms' },
  one: { name: 'one', title: '1 at a time', unit: 'requests/s' },
  busy: { name: 'busy', title: `${BUSY} at a time`, unit: 'requests/s' },
} as const satisfies Readonly<Record<string, Figure>>;

export async function startLoad(bench: Bench): Promise<LoadGenerator> {
  const child = await startChild(bench, 'load');
  const send = async (load: LoadQuestion) => v.parse(loadAnswer, await child.ask(load));
  const milliseconds = bench.quick ? 40 : 300;
  return {
    send,
    async measure(load) {
      const one = await send({ ...load, connections: 1, milliseconds });
      const busy = await send({ ...load, connections: BUSY, milliseconds });
      return { p50: one.p50, one: one.perSecond, busy: busy.perSecond };
    },
  };
}

/** Both after each other: times add up. */
export function inSequence(samples: readonly Sample[]): Sample {
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  const of = (name: string) => samples.map((sample) => sample[name] ?? Number.NaN);
  const rate = (name: string) => 1 / sum(of(name).map((perSecond) => 1 / perSecond));
  return { p50: sum(of('p50')), one: rate('one'), busy: rate('busy') };
}
