import type { Request, RequestHandler, Response } from 'express';
import { type ApiError, notFound } from './errors';
import type { Resource, State, UpdatableResource } from './state';

/** A response before it is written; without a body it is empty. */
export interface ApiResponse {
  readonly status: number;
  readonly body?: unknown;
}

export const ok = (body: unknown): ApiResponse => ({ status: 200, body });
export const created = (body: unknown): ApiResponse => ({ status: 201, body });
export const deleted: ApiResponse = { status: 204 };

/** An Express handler that sends what `respond` returns. Express passes on what it throws. */
export function endpoint(
  respond: (request: Request) => ApiResponse | Promise<ApiResponse>,
): RequestHandler {
  return async (request, response) => sendResponse(response, await respond(request));
}

export function sendResponse(response: Response, { status, body }: ApiResponse): void {
  response.status(status);
  if (body === undefined) response.end();
  else response.json(body);
}

/** The path as it was requested, without the query. */
export function pathOf(request: Request): string {
  return request.originalUrl.split('?', 1)[0] ?? '';
}

/** A named part of the path. */
export function param(request: Request, name: string): string {
  const value = request.params[name];
  if (typeof value !== 'string') throw new TypeError(`the route has no part named ${name}`);
  return value;
}

/** 404 for this request's path, which Twilio names without the API version. */
export const missing = (request: Request): ApiError =>
  notFound(pathOf(request).replace(/^\/v1/, ''));

/** The value. @throws {ApiError} 404 for this request's path */
export function found<T>(request: Request, value: T | undefined): T {
  if (value === undefined) throw missing(request);
  return value;
}

/**
 * Scheme and host for URLs in a response: those of the request, so that a client which follows them
 * comes back. The upload host responds with the API's URLs.
 */
export function originOf(request: Request): string {
  const host = request.host ?? 'localhost';
  return `${request.protocol}://${host.replace(/^serverless-upload\./, 'serverless.')}`;
}

/** The URL that all resources of a Service begin with. */
export const serviceUrl = (request: Request, { sid }: Resource): string =>
  `${originOf(request)}/v1/Services/${sid}`;

/** Where the account's resources are in the older parts of the API, below /2010-04-01. */
export const accountPath = ({ settings }: State): string => `/Accounts/${settings.accountSid}`;

/** SID and account, with which every resource begins. */
export const identity = ({ sid, accountSid }: Resource) => ({ sid, account_sid: accountSid });

export const dates = ({
  createdAt,
  updatedAt,
}: Pick<UpdatableResource, 'createdAt' | 'updatedAt'>) => ({
  date_created: iso8601(createdAt),
  date_updated: iso8601(updatedAt),
});

/** `2026-01-02T03:04:05Z` from epoch milliseconds. */
export const iso8601 = (time: number): string =>
  new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');

/** `Thu, 30 Jul 2015 23:19:04 +0000`, as the older parts of the API (2010-04-01) write a time. */
export const rfc2822 = (time: number): string =>
  new Date(time).toUTCString().replace('GMT', '+0000');
