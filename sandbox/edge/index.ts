import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { HostedBuild, HostedFile } from '../hosted';
import { answerText } from './answers';
import { ASSET_METHODS, createAssetServer } from './assets';
import { BodyTooLargeError, readBody, replay } from './body';
import { createFunctionHost } from './functions';
import { FUNCTION_TIMEOUT_MS, limitResponse, MAX_PAYLOAD_BYTES } from './limits';
import { findRoute, pathOf, type Route } from './route';
import { isSigned } from './signature';

export interface EdgeOptions {
  /** The Build to serve, asked for on every request; undefined while none is live. */
  readonly liveBuild: () => HostedBuild | undefined;
  readonly accountSid: string;
  readonly authToken: string;
  /** Host and port of the environment, such as `localhost:3000`; signatures cover it. */
  readonly domainName: string;
  /** Where Functions find the `twilio` package. */
  readonly projectDirectory: string;
  /** Where Builds are unpacked: a folder of this edge's own, inside the project. */
  readonly directory: string;
  /** Called when an answer is sent or given up. */
  readonly onRequest?: (request: EdgeRequest) => void;
  readonly functionTimeoutMs?: number;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/** One answered request. The query is left out: it may carry a signature. */
export interface EdgeRequest {
  readonly method: string;
  readonly path: string;
  readonly kind: Route['kind'] | 'none';
  readonly visibility?: HostedFile['visibility'];
  readonly status: number;
  readonly milliseconds: number;
}

export interface Edge {
  readonly listener: RequestListener;
  /** Unloads every Build and takes back what the runtime left in the process. */
  close(): Promise<void>;
}

/** PUT and DELETE: "currently not supported", https://www.twilio.com/docs/api/runtime/functions/function-request-flow */
const FUNCTION_METHODS: readonly string[] = ['GET', 'POST', 'OPTIONS'];

/**
 * Hosts whatever Build is live, on one domain: its public and protected Assets, and its Functions
 * in Twilio's own runtime. One edge a process, as the runtime's globals are the process's.
 */
export function createEdge(options: EdgeOptions): Edge {
  const { functionTimeoutMs = FUNCTION_TIMEOUT_MS, now = Date.now } = options;
  const serveAsset = createAssetServer(now);
  const functions = createFunctionHost({ ...options, functionTimeoutMs });

  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const build = options.liveBuild();
    const route = build && findRoute(build, request.url ?? '');
    report(request, response, route, { ...options, now });
    if (!build || !route) return answerText(response, 404, 'Could not find requested resource');
    const { kind, file } = route;
    const methods = kind === 'function' ? FUNCTION_METHODS : ASSET_METHODS;
    if (!methods.includes(request.method ?? '')) {
      const allow = methods.join(', ');
      return answerText(response, 405, `Only ${allow} are allowed here`, { Allow: allow });
    }
    const body = await readBody(request, MAX_PAYLOAD_BYTES);
    // 403 is what Twilio's support names; an older page on the request flow says 400:
    // https://support.twilio.com/hc/en-us/articles/43430648191259
    if (file.visibility === 'protected' && !isSigned(request, body, options)) {
      return answerText(response, 403, 'Forbidden: X-Twilio-Signature is missing or not valid');
    }
    if (kind === 'asset') return serveAsset(file, request, response);
    limitResponse(response);
    await functions.run(build, file.path, [replay(request, body), response]);
  };

  return {
    listener: (request, response) => {
      respond(request, response).catch((error) => answerFailure(response, error));
    },
    close: () => functions.close(),
  };
}

function answerFailure(response: ServerResponse, error: unknown): void {
  if (error instanceof BodyTooLargeError) {
    answerText(response, 413, error.message);
  } else {
    const reason = error instanceof Error ? error.message : String(error);
    answerText(response, 500, `The Build could not be loaded: ${reason}`);
  }
}

function report(
  request: IncomingMessage,
  response: ServerResponse,
  route: Route | undefined,
  options: { now: () => number; onRequest?: EdgeOptions['onRequest'] },
): void {
  const startedAt = options.now();
  response.once('close', () => {
    options.onRequest?.({
      method: request.method ?? '',
      path: pathOf(request.url ?? ''),
      kind: route?.kind ?? 'none',
      visibility: route?.file.visibility,
      status: response.statusCode,
      milliseconds: options.now() - startedAt,
    });
  });
}
