import * as v from 'valibot';
import { lower, type Rung } from '../playback/ladder';
import type { Place } from './places';
import { type Flow, START } from './steps';

/** The place under which stands what has failed for all prompts. */
const ALL = '*';

/** Prompts that are remembered one by one: what fails for more of them fails for all. */
const MOST_FALLEN = 3;

/** Where a call is. It travels in our own URLs and is trusted by nobody. */
export interface State {
  readonly at: Place;
  /** How often the question at hand was asked in a row without being answered. */
  readonly attempt: number;
  /** How many questions the call has asked in all. */
  readonly asked: number;
  /** Place → the rung on which its prompt now begins, since those above it failed. */
  readonly fallen: ReadonlyMap<Place, Rung>;
}

/** A call that has just come in. */
export const BEGINNING: State = { at: START, attempt: 0, asked: 0, fallen: new Map() };

/** On to another place, all else the same. */
export const moveTo = (state: State, at: Place): State => ({ ...state, at });

/** The query of a URL that leads on from here. */
export function stateQuery({ at, attempt, asked, fallen }: State): string {
  const query = `at=${encodeURIComponent(at)}&attempt=${attempt}&asked=${asked}`;
  const failures = [...fallen].map(([place, rung]) => `${place}:${rung}`).join(',');
  return failures === '' ? query : `${query}&fallen=${encodeURIComponent(failures)}`;
}

/**
 * What a medium's URL says of the place that plays it. While nothing has failed it is the place
 * alone: the same URL in every call, so that Twilio's media cache works.
 */
export function mediumQuery(state: State): string {
  return state.fallen.size > 0 ? stateQuery(state) : `at=${encodeURIComponent(state.at)}`;
}

/** The longest query that stateQuery can give, with as many places fallen as are remembered. */
export function longestQuery({ steps }: Flow): string {
  const longest = [...steps.keys()]
    .sort((one, other) => encodeURIComponent(other).length - encodeURIComponent(one).length)
    .slice(0, MOST_FALLEN);
  const fallen = new Map([ALL, ...longest].map((place) => [place, 'proxy'] as const));
  return stateQuery({ at: longest[0] ?? START, attempt: TOO_MANY + 1, asked: TOO_MANY, fallen });
}

/** More than any flow allows. */
const TOO_MANY = 999;

const count = v.optional(
  v.pipe(v.string(), v.regex(/^\d{1,3}$/), v.transform(Number)),
  // A URL of ours without a count is a medium's, or one that somebody typed.
  '0',
);

/**
 * Reads the state out of the parameters of a URL of ours: total, whatever they hold. A place that
 * the flow does not have (any more) is the beginning; counts that are not ours end the call.
 */
export function readState(flow: Flow, parameters: Readonly<Record<string, unknown>>): State {
  const { at, attempt, asked } = parameters;
  return {
    at: typeof at === 'string' && flow.steps.has(at) ? at : START,
    attempt: countOr(attempt, TOO_MANY),
    asked: countOr(asked, TOO_MANY),
    fallen: readFallen(flow, parameters.fallen),
  };
}

function countOr(value: unknown, otherwise: number): number {
  const { success, output } = v.safeParse(count, value);
  return success ? output : otherwise;
}

const RUNG = v.picklist(['proxy', 'say']);

function readFallen(flow: Flow, value: unknown): ReadonlyMap<Place, Rung> {
  if (typeof value !== 'string') return new Map();
  const entries = value.split(',').flatMap((entry): [Place, Rung][] => {
    const colon = entry.lastIndexOf(':');
    const [place, rung] = [entry.slice(0, colon), entry.slice(colon + 1)];
    return v.is(RUNG, rung) && (place === ALL || flow.steps.has(place)) ? [[place, rung]] : [];
  });
  return bounded(new Map(entries));
}

/** The state in which the prompt at its place begins no higher than on that rung. */
export function fallTo(state: State, rung: Rung): State {
  return fall(state, state.at, lower(rung, state.fallen.get(state.at) ?? rung));
}

/** The state in which all prompts begin no higher than on that rung. */
export const fallAllTo = (state: State, rung: Rung): State => fall(state, ALL, rung);

function fall(state: State, place: Place, rung: Rung): State {
  return { ...state, fallen: bounded(new Map(state.fallen).set(place, rung)) };
}

/** Keeps the URLs short, and the caller from waiting for one failure after the other. */
function bounded(fallen: ReadonlyMap<Place, Rung>): ReadonlyMap<Place, Rung> {
  const single = [...fallen].filter(([place]) => place !== ALL);
  if (single.length <= MOST_FALLEN) return fallen;
  const said = single.filter(([, rung]) => rung === 'say');
  return said.length <= MOST_FALLEN
    ? new Map([[ALL, lower('proxy', fallen.get(ALL) ?? 'asset')], ...said])
    : new Map([[ALL, 'say']]);
}

/** The rung on which all prompts begin, unless they have fallen further. */
export const rungOfAll = ({ fallen }: State): Rung => fallen.get(ALL) ?? 'asset';

/** The rung on which a recording begins: one that failed in one place fails in all. */
export function rungOf(flow: Flow, { fallen }: State, key: string): Rung {
  return [...fallen].reduce<Rung>((lowest, [place, rung]) => {
    const step = flow.steps.get(place);
    const same = step !== undefined && 'prompt' in step && step.prompt?.key === key;
    return place === ALL || same ? lower(lowest, rung) : lowest;
  }, 'asset');
}
