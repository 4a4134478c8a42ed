/** What the test call does, one TwiML document each, in this order. */
export const STEPS = [
  'play',
  'gather',
  'redirect',
  'protected',
  'protected-gather',
  'forbidden',
  'end',
] as const;

export type Step = (typeof STEPS)[number];

/** Where a medium was asked for; the step `forbidden` plays a second one behind the refused one. */
export const PLACES = [...STEPS, 'redirected', 'after-forbidden'] as const;

export type Place = (typeof PLACES)[number];

/** The step after this one. */
export function next(step: Step): Step {
  return STEPS[STEPS.indexOf(step) + 1] ?? 'end';
}

/** The parameter of our URLs that names a step or a place: none of Twilio's is spelled like it. */
export const PLACE = 'place';

/** What the first URL of a redirect carries, to see whether the second one gets it. */
export const CARRIED = 'carried';

/** The step that a place belongs to; undefined for no place. */
export function stepOf(place: Place | undefined): Step | undefined {
  if (place === 'redirected') return 'redirect';
  return place === 'after-forbidden' ? 'forbidden' : place;
}
