import type { RequestListener } from 'node:http';
import express, { type ErrorRequestHandler } from 'express';
import { ApiError } from '../errors';
import type { State } from '../state/state';
import { send } from './endpoint';
import { authenticate, forgetExpired, limitConcurrency, separateHosts } from './guards';
import { missing } from './lookup';
import { buildRoutes } from './routes/builds';
import { deploymentRoutes } from './routes/deployments';
import { environmentRoutes } from './routes/environments';
import { fileRoutes } from './routes/files';
import { logRoutes } from './routes/logs';
import { phoneNumberRoutes } from './routes/phone-numbers';
import { serviceRoutes } from './routes/services';
import { variableRoutes } from './routes/variables';
import { versionRoutes } from './routes/versions';

/**
 * The API and the upload host on one listener: they share paths, but no method of one path.
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
  );
  app.use('/2010-04-01', phoneNumberRoutes(state));
  app.use((request) => {
    throw missing(request);
  });
  app.use(errorHandler(state));
  return app;
}

/** Answers in the shape of Twilio's errors. https://www.twilio.com/docs/usage/twilios-response */
export function errorHandler({ settings }: State): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const { status, code, message, headers } = asApiError(error);
    response.set(headers);
    const more_info = `https://www.twilio.com/docs/errors/${code}`;
    send(settings, request, response, { status, body: { code, message, more_info, status } });
  };
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const message = error instanceof Error ? error.message : String(error);
  // Express and its body parser mark a client's mistakes with a status, such as a broken escape.
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 500;
  if (status === 413) return new ApiError(413, 20413, message);
  if (status >= 400 && status < 500) return new ApiError(status, 20001, message);
  return new ApiError(500, 20500, message);
}
