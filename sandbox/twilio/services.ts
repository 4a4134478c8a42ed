import { randomInt } from 'node:crypto';
import { type Request, Router } from 'express';
import * as v from 'valibot';
import { FRIENDLY_NAME_CHARACTERS, SERVICE_NAME_CHARACTERS } from '../../src/limits';
import type { FileResource } from './assets-and-functions';
import type { Build } from './builds';
import type { Environment } from './environments';
import { conflict, invalid } from './errors';
import { flag, readForm, text } from './forms';
import { created, dates, deleted, endpoint, found, identity, ok, param, serviceUrl } from './http';
import { listPage } from './paging';
import { type State, stamp, type UpdatableResource } from './state';

export interface NewService {
  readonly uniqueName: string;
  readonly friendlyName: string;
  readonly includeCredentials: boolean;
  readonly uiEditable: boolean;
}

export interface Service extends UpdatableResource, NewService {
  readonly domainBase: string;
  readonly environments: Map<string, Environment>;
  readonly assets: Map<string, FileResource>;
  readonly functions: Map<string, FileResource>;
  readonly builds: Map<string, Build>;
}

const newService = v.object({
  // It may stand for the SID in a URL, and becomes part of the domain.
  UniqueName: v.pipe(text(SERVICE_NAME_CHARACTERS), v.regex(/^[\w-]+$/, 'must be URL-friendly')),
  FriendlyName: text(FRIENDLY_NAME_CHARACTERS),
  IncludeCredentials: v.optional(flag, 'true'),
  UiEditable: v.optional(flag, 'false'),
});

/** https://www.twilio.com/docs/serverless/api/resource/service */
export function serviceRoutes(state: State): Router {
  const router = Router({ caseSensitive: true });
  router.get(
    '/Services',
    endpoint((request) =>
      listPage(state, request, state.services.values(), {
        key: 'services',
        view: (service) => serviceView(request, service),
      }),
    ),
  );
  router.post(
    '/Services',
    endpoint((request) => {
      const form = readForm(newService, request);
      const service = createService(state, {
        uniqueName: form.UniqueName,
        friendlyName: form.FriendlyName,
        includeCredentials: form.IncludeCredentials,
        uiEditable: form.UiEditable,
      });
      return created(serviceView(request, service));
    }),
  );
  router.get(
    '/Services/:service',
    endpoint((request) => ok(serviceView(request, serviceOf(state, request)))),
  );
  router.delete(
    '/Services/:service',
    endpoint((request) => {
      const service = serviceOf(state, request);
      // Whether Twilio removes a Service that has a live Build is not documented.
      if ([...service.environments.values()].some(({ build }) => build !== undefined)) {
        throw invalid('The Service has an environment with a Build.');
      }
      state.services.delete(service.sid);
      return deleted;
    }),
  );
  return router;
}

function serviceView(request: Request, service: Service) {
  const url = serviceUrl(request, service);
  return {
    ...identity(service),
    friendly_name: service.friendlyName,
    unique_name: service.uniqueName,
    include_credentials: service.includeCredentials,
    ui_editable: service.uiEditable,
    domain_base: service.domainBase,
    ...dates(service),
    url,
    links: {
      environments: `${url}/Environments`,
      functions: `${url}/Functions`,
      assets: `${url}/Assets`,
      builds: `${url}/Builds`,
    },
  };
}

/** @throws {ApiError} 409 if the unique name is taken */
export function createService(state: State, input: NewService): Service {
  if (findService(state, input.uniqueName)) {
    throw conflict(`Service with UniqueName ${input.uniqueName} already exists.`);
  }
  const identified = stamp(state, 'ZS');
  const service: Service = {
    ...identified,
    ...input,
    updatedAt: identified.createdAt,
    domainBase: `${input.uniqueName}-${randomInt(1000, 10_000)}`,
    environments: new Map(),
    assets: new Map(),
    functions: new Map(),
    builds: new Map(),
  };
  state.services.set(service.sid, service);
  return service;
}

/** The Service by its SID or its unique name. */
export function findService({ services }: State, sidOrName: string): Service | undefined {
  return (
    services.get(sidOrName) ??
    [...services.values()].find(({ uniqueName }) => uniqueName === sidOrName)
  );
}

/** The Service that the path names, by SID or unique name. @throws {ApiError} 404 */
export function serviceOf(state: State, request: Request): Service {
  return found(request, findService(state, param(request, 'service')));
}
