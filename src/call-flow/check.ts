import { TWIML_BYTES } from '../limits';
import type { Fault } from './faults';
import { invalidFlow, parseCallFlow } from './parse';
import { type PlacedPrompt, promptsOf } from './places';
import { silentRounds } from './rounds';
import type { CallFlow } from './schema';
import { sizesIn } from './size';
import { layOut } from './steps';

/**
 * Checks a call flow before it is deployed: all that a call checks, and what would take too long
 * while a caller waits.
 *
 * @param json the text of call-flow.private.json
 * @throws {ConfigError} naming each place, what stands there and what is allowed.
 */
export function checkCallFlow(json: string): CallFlow {
  const flow = parseCallFlow(json);
  const faults = [...unknownTimeZones(flow), ...silentRounds(flow), ...tooLongDocuments(flow)];
  if (faults.length > 0) throw invalidFlow(faults);
  return flow;
}

/** Prompts of a flow whose recording is not among the keys of a bucket: the first place of each. */
export function missingPrompts(flow: CallFlow, keys: ReadonlySet<string>): PlacedPrompt[] {
  const missing = new Map<string, PlacedPrompt>();
  for (const placed of promptsOf(flow)) {
    const { key } = placed.prompt;
    if (key !== undefined && !keys.has(key) && !missing.has(key)) missing.set(key, placed);
  }
  return [...missing.values()];
}

function unknownTimeZones({ hours }: CallFlow): Fault[] {
  return Object.entries(hours)
    .filter(([, { timeZone }]) => !isTimeZone(timeZone))
    .map(([name, { timeZone }]) => ({
      at: `hours.${name}.timeZone`,
      value: JSON.stringify(timeZone),
      rule: 'must be a time zone such as Asia/Tokyo',
    }));
}

function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

function tooLongDocuments(callFlow: CallFlow): Fault[] {
  const flow = layOut(callFlow);
  const mostBytes = sizesIn(flow);
  return [...flow.steps.keys()].flatMap((at) => {
    const bytes = mostBytes(at);
    const rule = `may lead to ${bytes} bytes of TwiML, and Twilio takes ${TWIML_BYTES}: say less in a row`;
    return bytes > TWIML_BYTES ? [{ at, value: undefined, rule }] : [];
  });
}
