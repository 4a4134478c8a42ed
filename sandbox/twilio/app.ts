import type { RequestListener } from 'node:http';
import express, { type ErrorRequestHandler, type Request, type RequestHandler } from 'express';
import { alertRoutes } from './alerts';
import { fileRoutes } from './assets-and-functions';
import { buildRoutes } from './builds';
import { callRoutes } from './calls';
import { deploymentRoutes } from './deployments';
import { environmentRoutes } from './environments';
import { ApiError, tooManyRequests, unauthenticated } from './errors';
import { missing, sendResponse } from './http';
import { logRoutes } from './logs';
import type { Settings } from './options';
import { phoneNumberRoutes } from './phone-numbers';
import { expire } from './retention';
import { serviceRoutes } from './services';
import type { State } from './state';
import { variableRoutes } from './variables';
import { versionRoutes } from './versions';

/**
 * All hosts of the API on one listener. They share paths, but no method of one path.
 * https://www.twilio.com/docs/serverless/api
 */
export function createListener(state: State): RequestListener {
  const { settings } = state;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  app.use(authenticate(settings), separateHosts, limitConcurrency(settings), forgetExpired(state));
  app.use(express.text({ type: 'application/x-www-form-urlencoded', limit: '1mb' }));
  app.use(
    '/v1',
    serviceRoutes(state),
    environmentRoutes(state),
    variableRoutes(state),
    deploymentRoutes(state),
    logRoutes(state),
    fileRoutes(state, 'Assets'),
    fileRoutes(state, 'Functions'),
    versionRoutes(state, 'Assets'),
    versionRoutes(state, 'Functions'),
    buildRoutes(state),
    alertRoutes(state),
  );
  app.use('/2010-04-01', phoneNumberRoutes(state), callRoutes(state));
  app.use((request) => {
    throw missing(request);
  });
  app.use(answerError);
  return app;
}

/** Refuses requests without basic authentication by the account's token or one of its API keys. */
function authenticate({ accountSid, authToken, apiKeys }: Settings): RequestHandler {
  const credentials = Object.entries({ ...apiKeys, [accountSid]: authToken }).map(
    ([username, password]) => Buffer.from(`${username}:${password}`).toString('base64'),
  );
  return (request, _response, next) => {
    const [scheme, given] = request.headers.authorization?.split(' ') ?? [];
    if (scheme?.toLowerCase() !== 'basic' || !credentials.includes(given ?? ''))
      throw unauthenticated();
    next();
  };
}

const HOSTS = ['serverless', 'serverless-upload', 'api', 'monitor'].map(
  (name) => `${name}.twilio.com`,
);

/** Keeps Twilio's hosts apart. Under any other name, one origin stands for all of them. */
const separateHosts: RequestHandler = (request, _response, next) => {
  const { hostname } = request;
  if (HOSTS.includes(hostname) && hostname !== hostOf(request)) throw missing(request);
  next();
};

function hostOf({ method, path }: Request): string {
  if (path.startsWith('/2010-04-01/')) return 'api.twilio.com';
  if (path.startsWith('/v1/Alerts')) return 'monitor.twilio.com';
  const isUpload = method === 'POST' && path.endsWith('/Versions');
  return isUpload ? 'serverless-upload.twilio.com' : 'serverless.twilio.com';
}

/** Refuses a request while too many others are in progress; a refused one does not count. */
function limitConcurrency({ limits }: Settings): RequestHandler {
  let inProgress = 0;
  return (_request, response, next) => {
    if (inProgress >= limits.concurrentRequests) {
      throw tooManyRequests(`More than ${limits.concurrentRequests} concurrent requests.`, 1);
    }
    inProgress += 1;
    response.once('close', () => {
      inProgress -= 1;
    });
    next();
  };
}

/** Removes what has outlived its retention before the request can see it. */
function forgetExpired(state: State): RequestHandler {
  return (_request, _response, next) => {
    expire(state);
    next();
  };
}

/** Answers in the shape of Twilio's errors. https://www.twilio.com/docs/usage/twilios-response */
const answerError: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
  const { status, code, message, headers } = asApiError(error);
  response.set(headers);
  const more_info = `https://www.twilio.com/docs/errors/${code}`;
  sendResponse(response, { status, body: { code, message, more_info, status } });
};

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const message = error instanceof Error ? error.message : String(error);
  // Express and its body parser mark a client's mistakes with a status, such as a broken escape.
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 500;
  if (status === 413) return new ApiError(413, 20413, message);
  if (status >= 400 && status < 500) return new ApiError(status, 20001, message);
  return new ApiError(500, 20500, message);
}
