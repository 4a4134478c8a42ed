import { below } from '../playback/ladder';
import { answered, lost } from './advance';
import type { Input } from './input';
import { BEGINNING, fallAllTo, fallTo, readState, rungOfAll, type State } from './state';
import type { Flow } from './steps';

/**
 * Where a call goes on after something failed, read from the URL that Twilio names as `ErrorUrl`:
 * https://www.twilio.com/docs/usage/security/availability-reliability#fallback-urls
 *
 * - A medium of ours: its prompt, and no other, goes down one rung, and the call goes on there.
 * - A webhook of ours: what failed cannot be told, so all prompts go down one rung, and the call
 *   goes on from what the caller did, or from the question if that got lost.
 * - Anything else: the call begins again and says everything.
 *
 * Twilio documents the fallback URL for TwiML that cannot be retrieved or executed. Whether a
 * medium that cannot be fetched is such a failure, it does not say.
 */
export function recover(flow: Flow, errorUrl: unknown, input: Input): State {
  const { pathname, parameters } = readUrl(errorUrl);
  const state = readState(flow, parameters);
  const isPlaceKnown = parameters.at === state.at;
  if (pathname === '/voice') return fallAllTo(BEGINNING, 'proxy');
  if (isPlaceKnown && pathname === '/menu') {
    const fallen = fallAllTo(state, below(rungOfAll(state)));
    const isAnswerKnown = input.digits !== undefined || input.dialCallStatus !== undefined;
    return isAnswerKnown ? answered(flow, fallen, input) : lost(flow, fallen);
  }
  if (isPlaceKnown && pathname === '/audio') return fallTo(state, 'say');
  if (isPlaceKnown && pathname.startsWith('/audio/')) return fallTo(state, 'proxy');
  return fallAllTo(BEGINNING, 'say');
}

interface FailedUrl {
  readonly pathname: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Twilio may have appended parameters of its own; one that is there twice is none of ours. */
function readUrl(url: unknown): FailedUrl {
  if (typeof url !== 'string' || !URL.canParse(url)) return { pathname: '', parameters: {} };
  const { pathname, searchParams } = new URL(url);
  const once = [...searchParams].filter(([name]) => searchParams.getAll(name).length === 1);
  return { pathname, parameters: Object.fromEntries(once) };
}
