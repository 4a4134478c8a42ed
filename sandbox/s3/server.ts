import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type Listening, listen } from '../listen';
import { S3ErrorResponse } from './errors';
import { respondToGet } from './get-object';
import { listObjects } from './listing';
import { putObject, verifyPayloadHash } from './put-object';
import { parameter, readRequest, type S3Request, type S3Response } from './request';
import { type AcceptedKeys, type S3Credentials, verifySignature } from './signature';
import { ObjectStore } from './store';

export interface S3Options {
  /** The buckets of the server. No request creates or deletes one. */
  readonly buckets: readonly string[];
  /** The region that signatures must name. Default: us-east-1. */
  readonly region?: string;
  /** The first key pair. Default: the example of AWS's documentation. */
  readonly credentials?: S3Credentials;
}

export interface S3Server {
  readonly region: string;
  /** The first key pair. */
  readonly credentials: S3Credentials;
  /** Secrets of the active keys, by their ids: others are added, and each can be deactivated. */
  readonly secrets: Map<string, string>;
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
 * Starts an S3 server on loopback that holds its objects in memory and accepts signed requests only.
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
  const secrets = new Map([[credentials.accessKeyId, credentials.secretAccessKey]]);
  const accepted = { region, secrets };
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    void respond(request, response, store, accepted);
  };
  let listening: Listening | undefined = await listen(listener);
  const { url: endpoint, port } = listening;
  return {
    endpoint,
    region,
    credentials,
    secrets,
    store,
    async stop() {
      const running = listening;
      listening = undefined;
      await running?.close();
    },
    async start() {
      listening ??= await listen(listener, port, 'S3 can start again once it is free.');
    },
  };
}

/** Answers one request, with the ids that AWS support asks for. */
async function respond(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  store: ObjectStore,
  accepted: AcceptedKeys,
): Promise<void> {
  const ids = {
    RequestId: randomBytes(8).toString('hex').toUpperCase(),
    HostId: randomBytes(48).toString('base64'),
  };
  outgoing.setHeader('x-amz-request-id', ids.RequestId);
  outgoing.setHeader('x-amz-id-2', ids.HostId);
  try {
    const request = readRequest(incoming);
    const payloadHash = await verifySignature(request, accepted, new Date());
    const body = await buffer(incoming);
    verifyPayloadHash(body, payloadHash);
    send(outgoing, request.method, operate(request, body, store, accepted.region));
  } catch (thrown) {
    // The client has gone.
    if (outgoing.destroyed) return;
    const error = thrown instanceof S3ErrorResponse ? thrown : internalError(thrown);
    send(outgoing, incoming.method, {
      status: error.status,
      headers: { 'content-type': 'application/xml' },
      body: error.toXml(ids),
    });
  }
}

function internalError(thrown: unknown): S3ErrorResponse {
  console.error(thrown);
  return new S3ErrorResponse('InternalError');
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
  refuseOtherOperations(request);
  if (!store.hasBucket(bucket)) throw new S3ErrorResponse('NoSuchBucket', { BucketName: bucket });
  if (key === '') {
    return {
      status: 200,
      headers: { 'content-type': 'application/xml', 'x-amz-bucket-region': region },
      body: listObjects(store, request),
    };
  }
  if (method === 'PUT') return putObject(request, body, store);
  if (method === 'DELETE') {
    store.delete(bucket, key);
    return { status: 204, headers: {} };
  }
  const object = store.get(bucket, key);
  if (!object) throw new S3ErrorResponse('NoSuchKey', { Key: key });
  return respondToGet(object, request);
}

/** `x-id` is a mark of AWS's SDK, without effect. */
const PARAMETERS = /^(x-id|x-amz-.*)$/i;
const LISTING_PARAMETERS =
  /^(list-type|prefix|start-after|continuation-token|max-keys|encoding-type|x-id|x-amz-.*)$/i;

/** Headers of S3's own that have their effect here, or have none. */
const HEADERS =
  /^x-amz-(content-sha256|date|user-agent|storage-class|meta-.*|checksum-.*|sdk-checksum-algorithm)$/;

/**
 * Refuses what S3 answers in another way, and what it ignores: ListObjectsV2, GetObject, HeadObject,
 * PutObject and DeleteObject are all that there is.
 */
function refuseOtherOperations(request: S3Request): void {
  const { method, bucket, key, query, headers } = request;
  const isList = method === 'GET' && bucket !== '' && parameter(request, 'list-type') === '2';
  const isObject = ['GET', 'HEAD', 'PUT', 'DELETE'].includes(method);
  if (!(key === '' ? isList : isObject)) {
    throw new S3ErrorResponse('NotImplemented', { Method: method });
  }
  const parameters = key === '' ? LISTING_PARAMETERS : PARAMETERS;
  for (const [name, value] of query) {
    // rclone sends one without a value, which groups nothing.
    if (key === '' && name === 'delimiter' && value === '') continue;
    if (!parameters.test(name)) throw new S3ErrorResponse('NotImplemented', { Parameter: name });
  }
  const isWrite = method === 'PUT' || method === 'DELETE';
  for (const name of headers.keys()) {
    const isOther = name.startsWith('x-amz-') && !HEADERS.test(name);
    const isCondition = isWrite && name.startsWith('if-');
    if (isOther || isCondition) throw new S3ErrorResponse('NotImplemented', { Header: name });
  }
}
