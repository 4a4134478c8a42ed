import { createHash } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express, { type Request, type Response } from 'express';
import type { HostedFile } from '../hosted';

export const ASSET_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

interface Validators {
  readonly etag: string;
  readonly lastModified: string;
}

/**
 * Serves Assets from memory. Twilio documents neither validators nor caching of Assets; this is
 * what its local runtime sends: ETag, Last-Modified, byte ranges, and a cache that must ask again.
 * @param now epoch milliseconds; an Asset Version's Last-Modified is when it was first asked for.
 */
export function createAssetServer(
  now: () => number,
): (file: HostedFile, ...listenerArguments: Parameters<RequestListener>) => void {
  const versions = new Map<string, Validators>();
  const files = new WeakMap<IncomingMessage, HostedFile>();

  const validatorsOf = (file: HostedFile): Validators => {
    const known = versions.get(file.sid);
    if (known) return known;
    const etag = `"${createHash('md5').update(file.content).digest('hex')}"`;
    const validators = { etag, lastModified: new Date(now()).toUTCString() };
    versions.set(file.sid, validators);
    return validators;
  };

  // Express for its reading of Range and If-None-Match; the routing is ours.
  const app = express();
  app.disable('x-powered-by');
  app.use((request, response) => {
    const file = files.get(request);
    if (file) serve(file, validatorsOf(file), request, response);
  });
  return (file, request, response) => {
    files.set(request, file);
    app(request, response);
  };
}

function serve(
  { content, contentType }: HostedFile,
  validators: Validators,
  request: Request,
  response: Response,
): void {
  if (request.method === 'OPTIONS') {
    response.writeHead(204, { Allow: ASSET_METHODS.join(', ') }).end();
    return;
  }
  response.setHeader('ETag', validators.etag);
  response.setHeader('Last-Modified', validators.lastModified);
  response.setHeader('Cache-Control', 'public, max-age=0');
  response.setHeader('Accept-Ranges', 'bytes');
  if (request.fresh) {
    response.writeHead(304).end();
    return;
  }
  response.setHeader('Content-Type', contentType);
  const range = rangeOf(request, content.length, validators);
  if (range === 'unsatisfiable') {
    response.writeHead(416, { 'Content-Range': `bytes */${content.length}` }).end();
  } else if (range) {
    response.statusCode = 206;
    response.setHeader('Content-Range', `bytes ${range.start}-${range.end}/${content.length}`);
    sendBytes(request, response, content.subarray(range.start, range.end + 1));
  } else {
    sendBytes(request, response, content);
  }
}

/** The one range to send; undefined for the whole, as for several ranges, which S3 ignores too. */
function rangeOf(
  request: Request,
  size: number,
  { etag, lastModified }: Validators,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const ifRange = request.headers['if-range'];
  if (request.method !== 'GET') return undefined;
  if (ifRange !== undefined && ifRange !== etag && ifRange !== lastModified) return undefined;
  const ranges = request.range(size);
  if (ranges === -1) return 'unsatisfiable';
  if (ranges === undefined || ranges === -2 || ranges.type !== 'bytes') return undefined;
  return ranges.length === 1 ? ranges[0] : undefined;
}

function sendBytes(request: IncomingMessage, response: ServerResponse, bytes: Buffer): void {
  response.setHeader('Content-Length', bytes.length);
  response.end(request.method === 'HEAD' ? undefined : bytes);
}
