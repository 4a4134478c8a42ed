import { QUESTIONS_MAX } from '../limits';
import type { FallbackLevel } from '../playback';
import { type Flow, START, type StepId } from './steps';

/** Where a call is. It travels in our own URLs, and whatever comes back is checked. */
export interface CallState {
  readonly at: StepId;
  /** How often the current question was asked in a row without an answer. */
  readonly attempt: number;
  /** How many questions the call has asked in all. */
  readonly asked: number;
  /** It only rises. */
  readonly level: FallbackLevel;
}

/** A call that has just come in. */
export const INITIAL_STATE: CallState = { at: START, attempt: 0, asked: 0, level: 0 };

export const moveTo = (state: CallState, at: StepId): CallState => ({ ...state, at });

/** The same state, no lower than on that fallback level. */
export function raiseTo(state: CallState, level: FallbackLevel): CallState {
  return state.level >= level ? state : { ...state, level };
}

/** The query of a URL that leads on from here. */
export function stateQuery({ at, attempt, asked, level }: CallState): string {
  const query = `at=${encodeURIComponent(at)}&attempt=${attempt}&asked=${asked}`;
  return level === 0 ? query : `${query}&level=${level}`;
}

/**
 * What a medium's URL says of the step that plays it. While nothing has failed it is the step's id
 * alone, so that all calls share one URL and Twilio's media cache works.
 */
export function mediumQuery(state: CallState): string {
  return state.level === 0 ? `at=${encodeURIComponent(state.at)}` : stateQuery(state);
}

/** More attempts and questions than any flow allows: they end the call. */
const TOO_MANY = QUESTIONS_MAX + 1;

/**
 * Reads the state out of the parameters of a URL of ours. It never fails: a step that the flow does
 * not have (any more) is the beginning, and counts that we did not write end the call.
 */
export function readState(flow: Flow, parameters: Readonly<Record<string, unknown>>): CallState {
  const { at, attempt, asked, level } = parameters;
  return {
    at: typeof at === 'string' && flow.steps.has(at) ? at : START,
    attempt: readCount(attempt),
    asked: readCount(asked),
    level: level === '1' ? 1 : level === '2' ? 2 : 0,
  };
}

function readCount(value: unknown): number {
  // Media URLs have no counts.
  if (value === undefined) return 0;
  return typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : TOO_MANY;
}
