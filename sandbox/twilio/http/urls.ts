import type { Request } from 'express';
import type { Settings } from '../options';
import type { Site } from './views/site';

/**
 * Scheme and host for URLs in an answer: the configured ones, otherwise those of the request, so
 * that a client which follows them comes back. The upload host answers with the API's URLs.
 */
export function originOf({ publicUrl }: Pick<Settings, 'publicUrl'>, request: Request): string {
  if (publicUrl) return publicUrl;
  const host = request.host ?? 'localhost';
  return `${request.protocol}://${host.replace(/^serverless-upload\./, 'serverless.')}`;
}

/** What views need for this request. */
export function siteOf(settings: Settings, request: Request): Site {
  return { settings, root: `${originOf(settings, request)}/v1` };
}
