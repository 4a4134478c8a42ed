import * as v from 'valibot';
import { parseUrl } from '../../src/url';

// What the test call plays and logs: shared by the tool and by the Functions of its Service.

/** The test call plays one probe after the other, each by a TwiML document of its own. */
export const PROBES = [
  'play',
  'gather',
  'redirect',
  'protected',
  'protected-gather',
  'overrides',
  'slow',
  'forbidden',
  'end',
] as const;

export type Probe = (typeof PROBES)[number];

/** What media URLs name; the probe `forbidden` plays a second medium after the refused one. */
export const PLACES = [...PROBES, 'redirected', 'after-forbidden'] as const;

export type Place = (typeof PLACES)[number];

export function nextProbe(probe: Probe): Probe {
  return PROBES[PROBES.indexOf(probe) + 1] ?? 'end';
}

/** The probe that a place belongs to. */
export function probeOf(place: Place): Probe {
  if (place === 'redirected') return 'redirect';
  return place === 'after-forbidden' ? 'forbidden' : place;
}

/** How long the slow medium takes, and how long its connection overrides let Twilio wait. */
export const SLOW_MS = 3000;
export const SLOW_OVERRIDES = '#rt=1000';

/** Of a webhook that answers in time. */
export const WEBHOOK_OVERRIDES = '#rt=10000';

/** Query parameters of our URLs. Twilio has none of these names. */
export const PARAMETERS = {
  place: 'place',
  /** Marks the voice URL that is the call's fallback URL. */
  fallback: 'fallback',
  /** In the URL that redirects: whether Twilio carries it along. */
  carried: 'carried',
  /** Marks the URL that a redirect leads to, which has no other parameter of ours. */
  redirected: 'redirected',
  /** How many bytes a medium is to have. */
  bytes: 'bytes',
} as const;

/** The place that a parameter or a URL names; undefined for anything else. */
export function readPlace(parameterOrUrl: unknown): Place | undefined {
  const url = typeof parameterOrUrl === 'string' ? parseUrl(parameterOrUrl) : undefined;
  const name = url ? url.searchParams.get(PARAMETERS.place) : parameterOrUrl;
  return PLACES.find((place) => place === name);
}

/** Bytes of an MP3 frame at 128 kbit/s and 44.1 kHz, which lasts 26 ms. */
const FRAME_BYTES = 417;
const FRAMES_PER_SECOND = 38.28;

/** An MP3 of one second in which nothing is heard: frames with a header and no data. */
export function silence(): Buffer {
  const frame = Buffer.alloc(FRAME_BYTES);
  frame.set([0xff, 0xfb, 0x90, 0x64]);
  return Buffer.concat(Array.from({ length: Math.ceil(FRAMES_PER_SECOND) }, () => frame));
}

const place = v.picklist(PLACES);
const run = v.string();

/** What the Functions see of the test call, as they log it. */
const probeLog = v.variant('kind', [
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
  v.object({ run, kind: v.literal('webhook'), place }),
  v.object({
    run,
    kind: v.literal('fallback'),
    /** The place that ErrorUrl names; undefined for a URL that is not ours. */
    place: v.optional(place),
    /** Whether ErrorUrl is the document's, not the medium's. */
    document: v.boolean(),
    errorCode: v.string(),
  }),
  v.object({ run, kind: v.literal('end') }),
]);

export type ProbeLog = v.InferOutput<typeof probeLog>;

/** Writes one line into the log of the Function, which Twilio keeps. */
export function logProbe(seen: ProbeLog): void {
  console.log(JSON.stringify(seen));
}

/** Picks the lines of one run from the messages of a log. */
export function readProbeLogs(messages: readonly string[], ofRun: string): ProbeLog[] {
  return messages.flatMap((message) => {
    const parsed = v.safeParse(probeLog, parseJson(message));
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
