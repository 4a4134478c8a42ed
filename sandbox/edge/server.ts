import { rmdir } from 'node:fs/promises';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { FUNCTION_PAYLOAD_BYTES, FUNCTION_TIMEOUT_MS } from '../../src/limits';
import type { HostedBuild, HostedFile } from '../hosted-build';
import { isSigned } from './access';
import { ASSET_METHODS, createAssetServer } from './assets';
import { createFunctionHost } from './functions';
import { BodyTooLargeError, readBody, replay } from './request-body';
import { limitPayload, sendText } from './responses';

export interface EdgeOptions {
  /** The Build to serve, read on every request; undefined while none is live. */
  readonly liveBuild: () => HostedBuild | undefined;
  readonly accountSid: string;
  readonly authToken: string;
  /** Host and port of the environment, such as `localhost:3000`; signatures cover it. */
  readonly domainName: string;
  /** Where Functions find the `twilio` package. */
  readonly projectDirectory: string;
  /** Where Builds are unpacked, inside the project. */
  readonly directory: string;
  readonly functionTimeoutMs?: number;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

export interface Edge {
  readonly listener: RequestListener;
  /** Unloads every Build, and removes what the runtime left in the process and on the disk. */
  close(): Promise<void>;
}

/** PUT and DELETE: "currently not supported", https://www.twilio.com/docs/api/runtime/functions/function-request-flow */
const FUNCTION_METHODS: readonly string[] = ['GET', 'POST', 'OPTIONS'];

/**
 * Hosts whatever Build is live, on one domain: its public and protected Assets, and its Functions
 * in Twilio's own runtime. One edge a process, as the runtime's globals are the process's.
 */
export function createEdge(options: EdgeOptions): Edge {
  const { directory, functionTimeoutMs = FUNCTION_TIMEOUT_MS, now = Date.now } = options;
  const assets = createAssetServer(directory, now);
  const functions = createFunctionHost({ ...options, functionTimeoutMs });

  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const build = options.liveBuild();
    const route = build && findRoute(build, request.url ?? '');
    if (!build || !route) return sendText(response, 404, 'Could not find requested resource');
    const { kind, file } = route;
    const methods = kind === 'function' ? FUNCTION_METHODS : ASSET_METHODS;
    if (!methods.includes(request.method ?? '')) {
      const allow = methods.join(', ');
      return sendText(response, 405, `Only ${allow} are allowed here`, { Allow: allow });
    }
    const body = await readBody(request, FUNCTION_PAYLOAD_BYTES);
    // 403 is what Twilio's support names; an older page on the request flow says 400:
    // https://support.twilio.com/hc/en-us/articles/43430648191259
    if (file.visibility === 'protected' && !isSigned(request, body, options)) {
      return sendText(response, 403, 'Forbidden: X-Twilio-Signature is missing or not valid');
    }
    if (kind === 'asset') return assets.serve(file, request, response);
    limitPayload(response);
    await functions.run(build, file.path, [replay(request, body), response]);
  };

  return {
    listener: (request, response) => {
      respond(request, response).catch((error: unknown) => sendFailure(response, error));
    },
    async close() {
      await Promise.all([functions.close(), assets.close()]);
      await rmdir(directory).catch(() => undefined);
    },
  };
}

function sendFailure(response: ServerResponse, error: unknown): void {
  if (error instanceof BodyTooLargeError) {
    sendText(response, 413, error.message);
  } else {
    const reason = error instanceof Error ? error.message : String(error);
    sendText(response, 500, `The Build could not be loaded: ${reason}`);
  }
}

/** A file of the Build that has a URL. */
interface Route {
  readonly kind: 'function' | 'asset';
  readonly file: HostedFile;
}

/** `/` serves `/assets/index.html`: https://github.com/twilio-labs/serverless-toolkit/issues/371 */
const ROOT_PATHS = ['/', '/assets/index.html'];

/**
 * Finds what a request target (path and query, as sent) names. Routing is exact: no wildcard, no
 * normalisation. Private files have no URL:
 * https://www.twilio.com/docs/serverless/functions-assets/visibility
 */
function findRoute(build: HostedBuild, target: string): Route | undefined {
  for (const path of candidatePaths(pathOf(target))) {
    const isServed = (file: HostedFile) => file.path === path && file.visibility !== 'private';
    const hostedFunction = build.functions.find(isServed);
    if (hostedFunction) return { kind: 'function', file: hostedFunction };
    const asset = build.assets.find(isServed);
    if (asset) return { kind: 'asset', file: asset };
  }
  return undefined;
}

/** The path of a request target, as sent. */
export function pathOf(target: string): string {
  return target.split('?', 1)[0] ?? '';
}

function candidatePaths(path: string): string[] {
  if (path === '/') return ROOT_PATHS;
  try {
    return [path, decodeURIComponent(path)];
  } catch {
    return [path];
  }
}
