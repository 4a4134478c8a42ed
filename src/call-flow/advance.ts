import type { FallbackLevel } from '../playback';
import { parseUrl } from '../url';
import type { Input } from './input';
import { type CallState, INITIAL_STATE, moveTo, raiseTo, readState } from './state';
import { type Flow, type StepId, stepAt } from './steps';

/** Where a call goes on when the step that waits has its answer. All other steps stay where they are. */
export function advance(flow: Flow, state: CallState, input: Input): CallState {
  const step = stepAt(flow, state.at);
  return 'answered' in step ? moveTo(state, step.answered(input)) : state;
}

/** Back to a question while it has attempts left, otherwise to what comes after the last one. */
export function askAgain(flow: Flow, state: CallState, question: StepId): CallState {
  const step = stepAt(flow, question);
  if (step.kind !== 'ask') throw new RangeError(`${question} is not a question`);
  return moveTo(state, state.attempt < step.menu.attempts ? question : step.otherwise);
}

/**
 * Where a call goes on after something failed, read from the URL that Twilio sends as `ErrorUrl`:
 * https://www.twilio.com/docs/usage/security/availability-reliability#fallback-urls
 *
 * - One of our media: the fallback level rises above it, to 1 for an Asset and 2 for the proxy, and
 *   the step that played it is repeated.
 * - One of our webhooks: the cause is unknown, so the level rises by one. The call goes on from what
 *   the caller did, or from the question if the request does not say it.
 * - Anything else: the call begins again, and everything is said.
 *
 * Twilio documents the fallback URL for TwiML that cannot be retrieved or executed. It does not
 * document whether a medium that cannot be fetched is such a failure.
 */
export function recover(flow: Flow, errorUrl: unknown, input: Input): CallState {
  const { pathname, parameters } = readUrl(errorUrl);
  if (pathname === '/voice') return raiseTo(INITIAL_STATE, 1);
  const state = readState(flow, parameters);
  if (parameters.at === state.at) {
    if (pathname.startsWith('/audio/')) return raiseTo(state, 1);
    if (pathname === '/audio') return raiseTo(state, 2);
    if (pathname === '/menu') return afterLostAnswer(flow, raise(state), input);
  }
  return raiseTo(INITIAL_STATE, 2);
}

/** The level after each level. */
const NEXT: Readonly<Record<FallbackLevel, FallbackLevel>> = { 0: 1, 1: 2, 2: 2 };
const raise = (state: CallState): CallState => raiseTo(state, NEXT[state.level]);

/**
 * A question whose answer is unknown is asked again. That costs an attempt, so that a call ends even
 * if every answer gets lost.
 */
function afterLostAnswer(flow: Flow, state: CallState, input: Input): CallState {
  const isAnswerKnown = input.digits !== undefined || input.dialCallStatus !== undefined;
  const isQuestion = stepAt(flow, state.at).kind === 'ask';
  if (isQuestion && !isAnswerKnown) return askAgain(flow, state, state.at);
  return advance(flow, state, input);
}

interface FailedUrl {
  readonly pathname: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The path of a URL of ours that failed, for the log; undefined for any other. */
export function failedPathOf(errorUrl: unknown): string | undefined {
  const { pathname } = readUrl(errorUrl);
  return /^\/(voice|menu|fallback|audio)(\/|$)/.test(pathname) ? pathname : undefined;
}

/** Twilio may have appended parameters of its own; a parameter that is there twice is not ours. */
function readUrl(url: unknown): FailedUrl {
  const parsed = typeof url === 'string' ? parseUrl(url) : undefined;
  if (!parsed) return { pathname: '', parameters: {} };
  const { pathname, searchParams } = parsed;
  const once = [...searchParams].filter(([name]) => searchParams.getAll(name).length === 1);
  return { pathname, parameters: Object.fromEntries(once) };
}
