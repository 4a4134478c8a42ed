import * as v from 'valibot';

/*
 * What the phone page and its server say to each other. All addresses begin with /phone, on the
 * sandbox's own origin:
 *
 * GET  /phone/state                          → State
 * POST /phone/switches                       Switches → State
 * POST /phone/calls                          CallSettings → { id }
 * GET  /phone/calls/<id>                     → Server-Sent Events, each data: a CallMessage; from the
 *                                              first one on, so that a link to a call shows it whole.
 *                                              The server ends the stream behind `ended`
 * POST /phone/calls/<id>/keys                { key }
 * POST /phone/calls/<id>/played              { sound }: it was played to its end, or skipped
 * POST /phone/calls/<id>/hangup              {}
 * GET  /phone/calls/<id>/sounds/<sound>      the bytes that Twilio would have got
 * GET  /phone/calls/<id>/recording.wav       what the caller heard
 * POST /phone/calls/<id>/requests/<request>/replay   { appended } → the new RequestRow
 */

export const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Where prompts come from: presigned URLs, as people do it today, or this project. */
export const SOURCES = ['presigned', 'project'] as const;
export const APPEND_MODES = ['gather', 'always', 'never'] as const;

export const callSettings = v.object({
  source: v.picklist(SOURCES),
  /** To which media requests Twilio's parameters are appended. */
  append: v.picklist(APPEND_MODES),
});

export const switches = v.partial(
  v.object({
    /** Only where the sandbox has an S3 server of its own. */
    s3Stopped: v.boolean(),
    /** /voice and /menu never answer. */
    webhooksHang: v.boolean(),
  }),
);

export const state = v.object({
  /** E.164; none that anybody can call. */
  number: v.string(),
  caller: v.string(),
  /** Whether the bucket is the user's own: then S3 cannot be stopped. */
  ownBucket: v.boolean(),
  bucket: v.string(),
  s3Stopped: v.boolean(),
  webhooksHang: v.boolean(),
  /** Calls that can be linked to, newest first. */
  calls: v.array(v.object({ id: v.string(), at: v.string(), source: v.picklist(SOURCES) })),
});

/** What S3 makes of a presigned URL that it refused. */
const verdict = v.object({
  /** One sentence. */
  reason: v.string(),
  /** What to do about it, in sentences. */
  advice: v.array(v.string()),
  /** Names of the parameters that were added after the signature was made. */
  added: v.array(v.string()),
});

const headers = v.array(v.tuple([v.string(), v.string()]));

/** A row of the request inspector. Secrets and signatures are masked in all of it but `curl`. */
export const requestRow = v.object({
  /** From 0, in the order of the requests of this call. */
  request: count,
  /** Of a repeated request: which one was sent again. */
  replayOf: v.optional(count),
  /** ISO 8601. */
  at: v.string(),
  /** What Twilio was doing: voice, Gather action, Gather › Play, … */
  verb: v.string(),
  method: v.string(),
  /** Without the appended parameters. */
  url: v.string(),
  /** What was appended to it, as sent, without its leading `?` or `&`; empty for nothing. */
  appended: v.string(),
  appendedCount: count,
  servedBy: v.picklist(['Function', 'Asset', 'proxy', 'S3']),
  /** Missing where no response came. */
  status: v.optional(count),
  contentType: v.optional(v.string()),
  milliseconds: v.number(),
  bytes: count,
  requestHeaders: headers,
  requestBody: v.optional(v.string()),
  responseHeaders: headers,
  /** TwiML or XML, indented; missing for audio. */
  responseBody: v.optional(v.string()),
  /** What went wrong, in a sentence, with Twilio's number of the error. */
  failure: v.optional(v.string()),
  verdict: v.optional(verdict),
  /** A command line that sends it again, with its real signature: otherwise it would not work. */
  curl: v.string(),
});

/** What happens in a call, as it happens. */
export const callMessage = v.variant('type', [
  v.object({
    type: v.literal('started'),
    callSid: v.string(),
    settings: callSettings,
    at: v.string(),
  }),
  v.object({ type: v.literal('request'), row: requestRow }),
  /** A prompt begins: the page plays it and reports that it was played. */
  v.object({
    type: v.literal('sound'),
    sound: count,
    request: count,
    /** S3 key, or host and path. */
    name: v.string(),
    /** The prompt's text. */
    words: v.optional(v.string()),
    language: v.optional(v.string()),
    seconds: v.optional(v.number()),
  }),
  /** A prompt that failed: the caller hears nothing. */
  v.object({
    type: v.literal('silence'),
    request: count,
    name: v.string(),
    words: v.optional(v.string()),
    language: v.optional(v.string()),
    failure: v.string(),
  }),
  /** Twilio reads a text out: the page may speak it, and reports that it was played. */
  v.object({
    type: v.literal('say'),
    sound: count,
    text: v.string(),
    language: v.optional(v.string()),
    /** Key of the recording that could not be played. */
    inPlaceOf: v.optional(v.string()),
  }),
  /** Twilio listens for keys, from now until `pressed`. */
  v.object({ type: v.literal('listening'), numDigits: v.optional(count), finishOnKey: v.string() }),
  v.object({ type: v.literal('pressed'), digits: v.string() }),
  /** Any other verb, such as Dial, Record or Pause, in a few words. */
  v.object({ type: v.literal('verb'), verb: v.string(), detail: v.string() }),
  v.object({
    type: v.literal('ended'),
    /** One sentence. */
    how: v.string(),
    /** Prompts that were silence. */
    silences: count,
  }),
]);

export type State = v.InferOutput<typeof state>;
export type Switches = v.InferOutput<typeof switches>;
export type CallSettings = v.InferOutput<typeof callSettings>;
export type RequestRow = v.InferOutput<typeof requestRow>;
export type CallMessage = v.InferOutput<typeof callMessage>;
