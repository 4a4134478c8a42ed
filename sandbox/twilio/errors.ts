/**
 * An error response of the API: an HTTP status and one of Twilio's error codes.
 * https://www.twilio.com/docs/api/errors
 */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/**
 * 400 with 20001, the known code of some bad parameters (an empty Build, two versions of one Asset,
 * dependencies that cannot be resolved). It stands in where the code is not known.
 */
export const invalid = (message: string): ApiError => new ApiError(400, 20001, message);

/** 400 with 20007: a page larger than 1,000. https://www.twilio.com/docs/api/errors/20007 */
export const pageTooLarge = (message: string): ApiError => new ApiError(400, 20007, message);

/** 400 with 21481. https://www.twilio.com/docs/api/errors/21481 */
export const badPageToken = (): ApiError => new ApiError(400, 21481, 'Invalid PageToken');

/**
 * 400 with 82006. Twilio documents the code for an invocation; the stand-in refuses the variable that
 * makes the context too large. https://www.twilio.com/docs/api/errors/82006
 */
export const contextTooLarge = (message: string): ApiError => new ApiError(400, 82006, message);

/**
 * 400 with 82007. The page has the title, not the message. https://www.twilio.com/docs/errors/82007
 */
export const unsupportedRuntime = (runtime: string): ApiError =>
  new ApiError(400, 82007, `Unsupported Runtime: ${runtime}`);

/** 401 with 20003. https://www.twilio.com/docs/api/errors/20003 */
export const unauthenticated = (): ApiError =>
  new ApiError(401, 20003, 'Authenticate', { 'WWW-Authenticate': 'Basic realm="Twilio API"' });

/** 404 with 20404; `path` is the request's, without the API version. */
export const notFound = (path: string): ApiError =>
  new ApiError(404, 20404, `The requested resource ${path} was not found`);

/** 409 with 20409, as twilio-run expects it. https://www.twilio.com/docs/api/errors/20409 */
export const conflict = (message: string): ApiError => new ApiError(409, 20409, message);

/**
 * 413 with 20413, the upload host's response to a large Asset.
 * https://www.twilio.com/docs/api/errors/20413
 * https://github.com/twilio-labs/serverless-toolkit/issues/167
 */
export const tooLarge = (message: string): ApiError => new ApiError(413, 20413, message);

/** 429 with 20429: nothing was done. https://www.twilio.com/docs/api/errors/20429 */
export const tooManyRequests = (message: string, retryAfterSeconds: number): ApiError =>
  new ApiError(429, 20429, message, { 'Retry-After': String(retryAfterSeconds) });
