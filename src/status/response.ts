import * as v from 'valibot';
import { WAITS } from '../sync/waits';

/*
 * What GET /status answers: the contract between the Function and the console, which checks it. It holds
 * no secret and no signed URL of S3's. Sentences are whole, and for people.
 */

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
/** Such as 2026-01-31T12:00:00.000Z. */
const time = v.pipe(v.string(), v.isoTimestamp());

/**
 * Where a caller gets a prompt now. `missing`: S3 has no such key, though the call flow names it or it
 * was live; `problem` says what callers hear in its place.
 */
export const STATES = ['asset', 'proxy', 'spoken', 'missing'] as const;

const prompt = v.object({
  key: v.string(),
  state: v.picklist(STATES),
  /** The text that is said if it cannot be played; only the call flow has one. */
  words: v.optional(v.string()),
  /** A language of <Say>, such as ja-JP. */
  language: v.optional(v.string()),
  /** As S3 lists it; missing where S3 lacks it or was not asked. */
  object: v.optional(v.object({ bytes: count, lastModified: time })),
  /** Since when callers get it so; `atLeast` where the history that Twilio keeps is shorter. */
  since: v.optional(v.object({ at: time, atLeast: v.boolean() })),
  /** Places of the call flow that play it, such as `menus.main.digits.1.prompt`. */
  usedBy: v.array(v.string()),
  /** What is wrong with it, and what to do. */
  problem: v.optional(v.string()),
  /** What the next sync does with it, where it does anything. */
  next: v.optional(v.picklist(['upload', 'replace', 'remove'])),
  /** Path and query, on this domain, of what callers hear now: an Asset's, or the proxy's. */
  heardAt: v.optional(v.string()),
  /** The same of what S3 has now, where that is something else. */
  storedAt: v.optional(v.string()),
});

/** What the next sync would do, as a dry run of it says. */
const nextSync = v.object({
  upload: count,
  bytes: count,
  /** Old versions that leave the Build. */
  retire: count,
  /** Old versions that stay for calls in progress. */
  retain: count,
  skip: count,
  /** Whether it makes a new Build. */
  build: v.boolean(),
  /** Why it would stop, and how many of the prompts in use would vanish if it was forced. */
  guard: v.optional(v.object({ sentence: v.string(), vanishing: count, known: count })),
});

export const MAKERS = ['sync', 'deploy', 'rollback', 'toolkit'] as const;

const deployment = v.object({
  at: time,
  /** ZB…; missing where it left the environment without a Build. */
  buildSid: v.optional(v.string()),
  /** Missing where Twilio has deleted the Build. */
  by: v.optional(v.picklist(MAKERS)),
  /** What is different since the one before, in words. */
  changes: v.array(v.string()),
});

/** One thing of the call flow that callers meet. */
const flowNode = v.object({
  /** Its place in the call flow's JSON, such as `menus.main` or `menus.main.digits.1`; `call` is where calls come in. */
  id: v.string(),
  kind: v.picklist(['start', 'menu', 'play', 'hours', 'dial', 'record', 'hangup', 'farewell']),
  /** Such as “main”, or the number that is dialled. */
  title: v.string(),
  /** What it plays; a prompt without a key is always said. */
  prompts: v.array(
    v.object({
      key: v.optional(v.string()),
      words: v.string(),
      /** A language of <Say>, such as ja-JP. */
      language: v.optional(v.string()),
    }),
  ),
});

const flowEdge = v.object({
  from: v.string(),
  to: v.string(),
  /** What leads there: a digit, `silence`, `open`, …; empty for what simply comes next. */
  label: v.string(),
});

export const statusResponse = v.object({
  at: time,
  domain: v.string(),
  live: v.optional(
    v.object({
      buildSid: v.string(),
      since: v.optional(time),
      by: v.optional(v.picklist(MAKERS)),
      prompts: count,
    }),
  ),
  /** Why Twilio's API could not be asked; what the Function knows by itself is told all the same. */
  twilioProblem: v.optional(v.string()),
  bucket: v.object({ name: v.string(), prefix: v.string(), problem: v.optional(v.string()) }),
  /** Those with a problem first, then those of the call flow. */
  prompts: v.array(prompt),
  /** Prompts that are not in the list, because it would be too long for a Function's response. */
  leftOut: count,
  /** Of all prompts, by state. */
  counts: v.object({ asset: count, proxy: count, spoken: count, missing: count, unused: count }),
  /** Missing where S3 or Twilio could not be asked. */
  nextSync: v.optional(nextSync),
  /** Newest first. */
  deployments: v.array(deployment),
  flow: v.object({
    nodes: v.array(flowNode),
    edges: v.array(flowEdge),
    /** Why there is none. */
    problem: v.optional(v.string()),
  }),
});

export type StatusResponse = v.InferOutput<typeof statusResponse>;
export type PromptStatus = v.InferOutput<typeof prompt>;
export type FlowNode = v.InferOutput<typeof flowNode>;
export type FlowEdge = v.InferOutput<typeof flowEdge>;

/** The node that plays the prompt of a place: `menus.main` for `menus.main.prompt`. */
export const nodeAt = (place: string): string => place.replace(/\.prompt$/, '');

/** What POST /sync answers with 200, and with 503 while there is more to do; as far as a page needs it. */
export const syncResponse = v.object({
  prompts: count,
  uploaded: count,
  remaining: count,
  retained: count,
  skipped: v.array(
    v.object({
      key: v.string(),
      reason: v.string(),
    }),
  ),
  buildSid: v.optional(v.string()),
  /** Only with 503. */
  reason: v.optional(v.picklist(WAITS)),
});

export type SyncResponse = v.InferOutput<typeof syncResponse>;
