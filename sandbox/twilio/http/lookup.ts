import type { Request } from 'express';
import { type ApiError, notFound } from '../errors';
import { type FileKind, filesOf } from '../state/files';
import type { Environment, FileResource, Service } from '../state/records';
import { findService } from '../state/services';
import type { State } from '../state/state';
import { pathOf } from './endpoint';

/** A named part of the path. */
export function param(request: Request, name: string): string {
  const value = request.params[name];
  if (typeof value !== 'string') throw new TypeError(`the route has no part named ${name}`);
  return value;
}

/** 404 for this request's path, which Twilio names without the API version. */
export const missing = (request: Request): ApiError =>
  notFound(pathOf(request).replace(/^\/v1/, ''));

/** The value, or 404 for this request's path. */
export function found<T>(request: Request, value: T | undefined): T {
  if (value === undefined) throw missing(request);
  return value;
}

/** The Service that the path names, by SID or unique name; 404 otherwise. */
export function serviceOf(state: State, request: Request): Service {
  return found(request, findService(state, param(request, 'service')));
}

/** The environment that the path names; 404 otherwise. */
export function environmentOf(service: Service, request: Request): Environment {
  return found(request, service.environments.get(param(request, 'environment')));
}

/** The Asset or Function that the path names; 404 otherwise. */
export function fileOf(service: Service, kind: FileKind, request: Request): FileResource {
  return found(request, filesOf(service, kind).get(param(request, 'file')));
}
