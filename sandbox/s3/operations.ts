/** Parameters that make a request mean something else: S3's sub-resources. */
const subresources = new Set(
  (
    'accelerate acl analytics attributes cors delete encryption intelligent-tiering inventory ' +
    'legal-hold lifecycle location logging metrics notification object-lock ownershipControls ' +
    'policy policyStatus publicAccessBlock replication requestPayment restore retention select ' +
    'tagging torrent uploadId uploads versionId versioning versions website'
  ).split(' '),
);

/**
 * All that the stand-in does, each with the same care: a method, what it is sent to, and the
 * sub-resource if there is one.
 */
const supported = new Set([
  'GET service',
  'GET bucket',
  'HEAD bucket',
  'GET bucket location',
  'GET object',
  'HEAD object',
  'PUT object',
  'DELETE object',
  'POST object uploads',
  'PUT object uploadId',
  'POST object uploadId',
]);

export interface Operation {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly parameters: readonly string[];
  /** Whether x-amz-copy-source was sent. */
  readonly copies: boolean;
}

/**
 * Whether the stand-in supports an operation. The server beneath has many more, some as stubs and
 * some without any check of the signature (web sites, form uploads, CORS): none of them is needed.
 */
export function isSupported({ method, bucket, key, parameters, copies }: Operation): boolean {
  const resource = bucket === '' ? 'service' : key === '' ? 'bucket' : 'object';
  const asked = parameters.filter((name) => subresources.has(name));
  return !copies && supported.has([method, resource, ...asked].join(' '));
}
