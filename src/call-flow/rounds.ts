import type { Fault } from './faults';
import { followingOf, type Place } from './places';
import type { Action, CallFlow } from './schema';

/** A way from one menu to another that a caller goes without pressing a key. */
interface SilentWay {
  readonly from: string;
  /** Where the name of the other menu stands. */
  readonly at: Place;
  readonly to: string;
}

/**
 * Ways on which a caller who presses no key comes back to a menu: attempts count for nothing then,
 * and a dead line is asked until the flow's questions are used up.
 */
export function silentRounds({ menus }: CallFlow): Fault[] {
  const ways = Object.entries(menus).flatMap(([from, { silence, otherwise }]) =>
    [
      ...waysOf(`menus.${from}.silence`, silence),
      ...(otherwise ? waysOf(`menus.${from}.otherwise`, otherwise) : []),
    ].map((way) => ({ from, ...way })),
  );
  return ways
    .filter(({ from, to }) => reachedFrom(to, ways).has(from))
    .map(({ from, at, to }) => ({
      at,
      value: JSON.stringify(to),
      rule: `must not be a menu from which silence leads back to ${from}: a caller who presses no key would be asked on and on`,
    }));
}

function* waysOf(at: Place, action: Action): Generator<Omit<SilentWay, 'from'>> {
  if (action.action === 'menu') yield { at: `${at}.menu`, to: action.menu };
  for (const [field, following] of Object.entries(followingOf(action))) {
    // A message is one that somebody left.
    const isSpoken = action.action === 'record' && field === 'next';
    if (following && !isSpoken) yield* waysOf(`${at}.${field}`, following);
  }
}

/** The menus to which silence leads from one of them, itself included. */
function reachedFrom(menu: string, ways: readonly SilentWay[]): ReadonlySet<string> {
  const reached = new Set([menu]);
  // A set's iteration comes to what is added on the way.
  for (const from of reached) {
    for (const way of ways) if (way.from === from) reached.add(way.to);
  }
  return reached;
}
