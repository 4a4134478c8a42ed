import * as v from 'valibot';
import { PLACES } from './steps';

const place = v.picklist(PLACES);
const run = v.string();

/** What the temporary Service's Functions see of the test call, as they log it. */
const observation = v.variant('kind', [
  v.object({
    run,
    kind: v.literal('medium'),
    place,
    /** Names of the parameters that are not ours. */
    appended: v.array(v.string()),
    /** Whether the parameter of a redirect's first URL came along. */
    carried: v.boolean(),
    /** Whether there was an X-Twilio-Signature. */
    signed: v.boolean(),
    userAgent: v.string(),
  }),
  v.object({
    run,
    kind: v.literal('fallback'),
    /** The place that ErrorUrl names; undefined for one that is not ours. */
    place: v.optional(place),
    /** Whether ErrorUrl is the document's, not the medium's. */
    document: v.boolean(),
    errorCode: v.string(),
  }),
  v.object({ run, kind: v.literal('end') }),
]);

export type Observation = v.InferOutput<typeof observation>;
export type Medium = Extract<Observation, { kind: 'medium' }>;
export type Fallback = Extract<Observation, { kind: 'fallback' }>;

/** Writes one line that Twilio keeps with the Function's logs. */
export function logObservation(seen: Observation): void {
  console.log(JSON.stringify(seen));
}

/** The observations of one run among the messages of a log; other lines are left out. */
export function readObservations(messages: readonly string[], ofRun: string): Observation[] {
  return messages.flatMap((message) => {
    const parsed = v.safeParse(observation, parseJson(message));
    return parsed.success && parsed.output.run === ofRun ? [parsed.output] : [];
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
