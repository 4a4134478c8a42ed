/** The ways in which a prompt reaches the caller, the best first. */
export const RUNGS = ['asset', 'proxy', 'say'] as const;
export type Rung = (typeof RUNGS)[number];

/** The rung below; nothing is below `say`. */
export function below(rung: Rung): Rung {
  return rung === 'asset' ? 'proxy' : 'say';
}

/** The lower of two rungs. */
export function lower(one: Rung, other: Rung): Rung {
  return RUNGS.indexOf(one) > RUNGS.indexOf(other) ? one : other;
}
