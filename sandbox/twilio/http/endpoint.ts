import type { Request, RequestHandler, Response } from 'express';
import type { Settings } from '../options';

/** An answer before it is written; without a body it is empty. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
export const deleted: Answer = { status: 204 };

/** Makes Express handlers that send what `answer` returns; what it throws is the error handler's. */
export function endpoints(settings: Settings) {
  return (answer: (request: Request) => Answer | Promise<Answer>): RequestHandler =>
    async (request, response) =>
      send(settings, request, response, await answer(request));
}

/** Tells the observer, then writes the answer. */
export function send(
  settings: Settings,
  request: Request,
  response: Response,
  { status, body }: Answer,
): void {
  settings.onRequest({ method: request.method, path: pathOf(request), status });
  response.status(status);
  if (body === undefined) response.end();
  else response.json(body);
}

/** The path as it was requested, without the query. */
export function pathOf(request: Request): string {
  return request.originalUrl.split('?', 1)[0] ?? '';
}
