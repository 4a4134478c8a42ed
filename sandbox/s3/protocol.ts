import * as v from 'valibot';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
export const exampleCredentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BucketName = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, ({ received }) => `bad bucket name ${received}`),
);

/** What a server needs to be told, with the defaults. */
export const Settings = v.object({
  buckets: v.array(BucketName),
  region: v.optional(v.pipe(v.string(), v.nonEmpty('the region is empty')), 'us-east-1'),
  /** 0: any free one. */
  port: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65535)), 0),
  credentials: v.optional(
    v.object({
      accessKeyId: v.pipe(v.string(), v.nonEmpty('the access key id is empty')),
      secretAccessKey: v.pipe(v.string(), v.nonEmpty('the secret access key is empty')),
    }),
    exampleCredentials,
  ),
});

/** The one message to the child. */
export const Start = v.object({
  ...Settings.entries,
  /** Where the contents of objects go; the child removes it when it ends. */
  folder: v.string(),
});
export type Start = v.InferOutput<typeof Start>;

/** The one message from the child. */
export const Report = v.variant('state', [
  v.object({ state: v.literal('listening'), port: v.number() }),
  v.object({ state: v.literal('failed'), reason: v.string() }),
]);
export type Report = v.InferOutput<typeof Report>;
