import * as v from 'valibot';
import type { Call } from '../runtime';

const LAST_ATTEMPT = Number.MAX_SAFE_INTEGER;

const input = v.object({
  /** Our own state in the action's URL. One that is not ours ends the call with the farewell. */
  attempt: v.fallback(v.pipe(v.string(), v.regex(/^[1-9]\d?$/), v.transform(Number)), LAST_ATTEMPT),
  /** Twilio's; missing or empty after silence. */
  Digits: v.fallback(v.optional(v.pipe(v.string(), v.minLength(1))), undefined),
});

/** What a request to /menu says: total, whatever the parameters hold. */
export function readMenuInput(event: Call['event']): {
  readonly attempt: number;
  readonly digits: string | undefined;
} {
  const { attempt, Digits } = v.parse(input, { attempt: event.attempt, Digits: event.Digits });
  return { attempt, digits: Digits };
}
