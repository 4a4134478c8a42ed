import type { RequestHandler } from 'express';
import { tooMany, unauthenticated } from '../errors';
import type { Settings } from '../options';
import { expire } from '../state/retention';
import type { State } from '../state/state';
import { missing } from './lookup';

/** Refuses requests without the account's basic authentication. */
export function authenticate({ accountSid, authToken }: Settings): RequestHandler {
  const credentials = Buffer.from(`${accountSid}:${authToken}`).toString('base64');
  return (request, _response, next) => {
    const [scheme, given] = request.headers.authorization?.split(' ') ?? [];
    if (scheme?.toLowerCase() !== 'basic' || given !== credentials) throw unauthenticated();
    next();
  };
}

/** Refuses a request while too many others are in progress; a refused one does not count. */
export function limitConcurrency({ limits }: Settings): RequestHandler {
  let inProgress = 0;
  return (_request, response, next) => {
    if (inProgress >= limits.concurrentRequests) {
      throw tooMany(`More than ${limits.concurrentRequests} concurrent requests.`, 1);
    }
    inProgress += 1;
    response.once('close', () => {
      inProgress -= 1;
    });
    next();
  };
}

/** Removes what has outlived its retention before the request can see it. */
export function forgetExpired(state: State): RequestHandler {
  return (_request, _response, next) => {
    expire(state);
    next();
  };
}

const [API_HOST, UPLOAD_HOST] = ['serverless.twilio.com', 'serverless-upload.twilio.com'];

/** Keeps Twilio's two hosts apart. Under any other name, one origin stands for both. */
export const separateHosts: RequestHandler = (request, _response, next) => {
  const uploads = request.method === 'POST' && request.path.endsWith('/Versions');
  if (request.hostname === (uploads ? API_HOST : UPLOAD_HOST)) throw missing(request);
  next();
};
