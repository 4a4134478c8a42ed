import { badPageToken } from '../errors';
import type { ListOrder } from '../options';
import type { Resource } from './records';

type Position = Pick<Resource, 'sid' | 'sequence'>;
type Compare = (a: Position, b: Position) => number;

const orders: Record<ListOrder, Compare> = {
  newest: (a, b) => b.sequence - a.sequence,
  oldest: (a, b) => a.sequence - b.sequence,
  shuffled: (a, b) => (a.sid < b.sid ? -1 : a.sid > b.sid ? 1 : 0),
};

export interface Page<T> {
  readonly items: readonly T[];
  /** The token of the page after this one; undefined at the end. */
  readonly next: string | undefined;
  /** The token of the page before this one; undefined if this one is empty. */
  readonly previous: string | undefined;
}

/**
 * Cuts one page out of a list. A token names the neighbour after (PA) or before (PB) which its page
 * lies, so that a resource which comes or goes between two pages neither hides nor doubles another.
 * Throws 400 for a token that this did not make.
 */
export function cutPage<T extends Resource>(
  resources: Iterable<T>,
  order: ListOrder,
  size: number,
  token: string | undefined,
): Page<T> {
  const compare = orders[order];
  const sorted = [...resources].sort(compare);
  const start = token === undefined ? 0 : startOf(sorted, compare, size, token);
  const items = sorted.slice(start, start + size);
  const [first] = items;
  const last = items.at(-1);
  return {
    items,
    next: last && start + size < sorted.length ? `PA${name(last)}` : undefined,
    previous: first && `PB${name(first)}`,
  };
}

const name = ({ sequence, sid }: Position): string => `${sequence}-${sid}`;

function startOf(
  sorted: readonly Position[],
  compare: Compare,
  size: number,
  token: string,
): number {
  const [, side, sequence, sid] = /^P([AB])(\d+)-([A-Z]{2}[0-9a-f]{32})$/.exec(token) ?? [];
  if (sequence === undefined || sid === undefined) throw badPageToken();
  const neighbour = { sequence: Number(sequence), sid };
  const indexAfter = sorted.filter((resource) => compare(resource, neighbour) <= 0).length;
  if (side === 'A') return indexAfter;
  const indexOf = sorted.filter((resource) => compare(resource, neighbour) < 0).length;
  return Math.max(0, indexOf - size);
}
