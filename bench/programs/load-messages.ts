import * as v from 'valibot';

export const loadQuestion = v.object({
  url: v.string(),
  method: v.optional(v.picklist(['GET', 'POST']), 'GET'),
  body: v.optional(v.string()),
  /** Connections with one request each in progress. */
  connections: v.number(),
  milliseconds: v.number(),
  /** Of each body; anything else is a failure. */
  bytes: v.optional(v.number()),
  /** Signs each request for S3. */
  signer: v.optional(
    v.object({ accessKeyId: v.string(), secretAccessKey: v.string(), region: v.string() }),
  ),
});

export type LoadQuestion = v.InferInput<typeof loadQuestion>;
export type Load = v.InferOutput<typeof loadQuestion>;

export const loadAnswer = v.object({
  /** Milliseconds from a request to the end of its answer: the median. */
  p50: v.number(),
  perSecond: v.number(),
});
