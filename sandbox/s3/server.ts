import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type Listening, listen } from '../listen';
import { verifyChecksums, verifyPayloadHash } from './body';
import { notImplemented, S3Error } from './error';
import { listObjects } from './listing';
import { getObject, type S3Response } from './objects';
import { parameter, readRequest, type S3Request } from './request';
import { type S3Credentials, type Signer, verifySignature } from './signature';
import { ObjectStore } from './store';

export interface S3Options {
  /** The buckets of the server, which are there for good. */
  readonly buckets: readonly string[];
  /** The region that signatures must name. Default: us-east-1. */
  readonly region?: string;
  /** The only key pair. Default: the example of AWS's documentation. */
  readonly credentials?: S3Credentials;
}

export interface S3Server extends Signer {
  /** For path-style addressing, such as http://127.0.0.1:40123. It stays the same after a start. */
  readonly endpoint: string;
  /** What the buckets hold, whether the server runs or not. */
  readonly store: ObjectStore;
  /** Cuts all connections. The objects stay. */
  stop(): Promise<void>;
  /**
   * Starts a stopped server again, at the same endpoint.
   *
   * @throws {PlayError} when its port is taken
   */
  start(): Promise<void>;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
const EXAMPLE_CREDENTIALS = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/**
 * Starts an S3 server on loopback that holds its objects in memory and takes signed requests only.
 *
 * @throws {TypeError} for the name of a bucket that S3 does not allow, or an empty region
 */
export async function startS3({
  buckets,
  region = 'us-east-1',
  credentials = EXAMPLE_CREDENTIALS,
}: S3Options): Promise<S3Server> {
  const badName = buckets.find((name) => !BUCKET_NAME.test(name));
  if (badName !== undefined) throw new TypeError(`S3 allows no bucket named ${badName}`);
  if (region === '') throw new TypeError("the S3 server's region is empty");
  const store = new ObjectStore(buckets);
  const signer = { region, credentials };
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    void respond(request, response, store, signer);
  };
  let listening: Listening | undefined = await listen(listener);
  const { url: endpoint, port } = listening;
  return {
    endpoint,
    region,
    credentials,
    store,
    async stop() {
      const running = listening;
      listening = undefined;
      await running?.close();
    },
    async start() {
      listening ??= await listen(listener, port);
    },
  };
}

/** Answers one request, with the ids that AWS's support asks for. */
async function respond(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  store: ObjectStore,
  signer: Signer,
): Promise<void> {
  const ids = {
    RequestId: randomBytes(8).toString('hex').toUpperCase(),
    HostId: randomBytes(48).toString('base64'),
  };
  outgoing.setHeader('x-amz-request-id', ids.RequestId);
  outgoing.setHeader('x-amz-id-2', ids.HostId);
  try {
    const request = readRequest(incoming);
    const payloadHash = await verifySignature(request, signer, new Date());
    const body = await buffer(incoming);
    verifyPayloadHash(body, payloadHash);
    send(outgoing, request.method, operate(request, body, store, signer.region));
  } catch (thrown) {
    // The client has gone.
    if (outgoing.destroyed) return;
    const error = thrown instanceof S3Error ? thrown : internalError(thrown);
    send(outgoing, incoming.method, {
      status: error.status,
      headers: { 'content-type': 'application/xml' },
      body: error.toXml(ids),
    });
  }
}

function internalError(thrown: unknown): S3Error {
  console.error(thrown);
  return new S3Error('InternalError', 'We encountered an internal error. Please try again.');
}

function send(
  outgoing: ServerResponse,
  method: string | undefined,
  { status, headers, body = '' }: S3Response,
): void {
  const hasBody = status !== 204 && status !== 304;
  outgoing.writeHead(status, {
    ...headers,
    ...(hasBody && { 'Content-Length': Buffer.byteLength(body) }),
  });
  outgoing.end(method === 'HEAD' ? undefined : body);
}

/** Routes a request whose signature is right. */
function operate(request: S3Request, body: Buffer, store: ObjectStore, region: string): S3Response {
  const { method, bucket, key } = request;
  refuseWhatIsNotThere(request);
  if (!store.hasBucket(bucket)) {
    throw new S3Error('NoSuchBucket', 'The specified bucket does not exist', {
      BucketName: bucket,
    });
  }
  if (key === '') {
    return {
      status: 200,
      headers: { 'content-type': 'application/xml', 'x-amz-bucket-region': region },
      body: listObjects(store, request),
    };
  }
  switch (method) {
    case 'PUT':
      return putObject(request, body, store);
    case 'DELETE':
      store.delete(bucket, key);
      return { status: 204, headers: {} };
    default: {
      const object = store.get(bucket, key);
      if (object) return getObject(object, request);
      throw new S3Error('NoSuchKey', 'The specified key does not exist.', { Key: key });
    }
  }
}

/** Parameters that ask for another operation, or for another answer. */
const OTHER_OPERATIONS = new Set(
  (
    'accelerate acl analytics attributes cors delete delimiter encryption fetch-owner ' +
    'intelligent-tiering inventory legal-hold lifecycle location logging marker metrics ' +
    'notification object-lock ownershipControls partNumber policy policyStatus ' +
    'publicAccessBlock replication requestPayment response-cache-control ' +
    'response-content-disposition response-content-encoding response-content-language ' +
    'response-content-type response-expires restore retention select tagging torrent uploadId ' +
    'uploads versionId versioning versions website'
  ).split(' '),
);

/** Headers of S3's own that this server has the effect of, or that have none. */
const OWN_HEADERS =
  /^x-amz-(content-sha256|date|user-agent|storage-class|meta-.*|checksum-.*|sdk-checksum-algorithm)$/;

/**
 * Refuses what would be served in another way by S3: ListObjectsV2, GetObject, HeadObject,
 * PutObject and DeleteObject are all that there is.
 */
function refuseWhatIsNotThere(request: S3Request): void {
  const { method, bucket, key, query, headers } = request;
  const isList = method === 'GET' && bucket !== '' && parameter(request, 'list-type') === '2';
  const isObject = ['GET', 'HEAD', 'PUT', 'DELETE'].includes(method);
  const other = query.find(([name]) => OTHER_OPERATIONS.has(name))?.[0];
  if (other !== undefined || !(key === '' ? isList : isObject)) {
    throw notImplemented({ Method: method, ...(other !== undefined && { Parameter: other }) });
  }
  const conditions = method === 'PUT' || method === 'DELETE' ? /^if-/ : /^$/;
  const header = [...headers.keys()].find(
    (name) => (name.startsWith('x-amz-') && !OWN_HEADERS.test(name)) || conditions.test(name),
  );
  if (header !== undefined) throw notImplemented({ Header: header });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
const STORED_HEADERS =
  /^(cache-control|content-(disposition|encoding|language|type)|expires|x-amz-(meta-.*|storage-class))$/;

function putObject(
  { bucket, key, headers: sent }: S3Request,
  body: Buffer,
  store: ObjectStore,
): S3Response {
  if (!sent.has('content-length')) {
    throw new S3Error('MissingContentLength', 'You must provide the Content-Length HTTP header.');
  }
  const checksums = verifyChecksums(body, sent);
  const headers = Object.fromEntries([...sent].filter(([name]) => STORED_HEADERS.test(name)));
  const { etag } = store.put(bucket, key, body, { headers, checksums });
  return { status: 200, headers: { ETag: `"${etag}"`, ...checksums } };
}
