import { type Request, Router } from 'express';
import * as v from 'valibot';
import { DOMAIN_SUFFIX_CHARACTERS, ENVIRONMENT_NAME_CHARACTERS } from '../../src/limits';
import type { HostedBuild } from '../hosted-build';
import type { Build } from './builds';
import type { Deployment } from './deployments';
import { conflict } from './errors';
import { readForm, text } from './forms';
import { created, dates, deleted, endpoint, found, identity, ok, param, serviceUrl } from './http';
import type { FunctionLog } from './logs';
import { listPage } from './paging';
import { type Service, serviceOf } from './services';
import { type State, stamp, type UpdatableResource } from './state';
import type { Variable } from './variables';

export interface NewEnvironment {
  readonly uniqueName: string;
  /** None makes the Service's bare domain; a Service has one such environment. */
  readonly domainSuffix: string | null;
}

export interface Environment extends UpdatableResource, NewEnvironment {
  readonly domainName: string;
  /** The live Build. */
  build: Build | undefined;
  readonly variables: Map<string, Variable>;
  readonly deployments: Map<string, Deployment>;
  readonly logs: Map<string, FunctionLog>;
  /** What the edge was given last; undefined once a deployment or a variable changed. */
  hosted: HostedBuild | undefined;
}

const newEnvironment = v.object({
  UniqueName: text(ENVIRONMENT_NAME_CHARACTERS),
  DomainSuffix: v.optional(
    v.pipe(text(DOMAIN_SUFFIX_CHARACTERS), v.regex(/^[A-Za-z0-9-]+$/, 'must be URL-friendly')),
  ),
});

/** https://www.twilio.com/docs/serverless/api/resource/environment */
export function environmentRoutes(state: State): Router {
  const router = Router({ caseSensitive: true });
  const all = '/Services/:service/Environments';
  const one = `${all}/:environment`;
  router.get(
    all,
    endpoint((request) => {
      const service = serviceOf(state, request);
      return listPage(state, request, service.environments.values(), {
        key: 'environments',
        view: (environment) => environmentView(request, service, environment),
      });
    }),
  );
  router.post(
    all,
    endpoint((request) => {
      const service = serviceOf(state, request);
      const { UniqueName, DomainSuffix = null } = readForm(newEnvironment, request);
      const input = { uniqueName: UniqueName, domainSuffix: DomainSuffix };
      return created(environmentView(request, service, createEnvironment(state, service, input)));
    }),
  );
  router.get(
    one,
    endpoint((request) => {
      const service = serviceOf(state, request);
      return ok(environmentView(request, service, environmentOf(service, request)));
    }),
  );
  router.delete(
    one,
    endpoint((request) => {
      const service = serviceOf(state, request);
      deleteEnvironment(state, service, environmentOf(service, request));
      return deleted;
    }),
  );
  return router;
}

export const environmentUrl = (request: Request, service: Service, { sid }: Environment): string =>
  `${serviceUrl(request, service)}/Environments/${sid}`;

function environmentView(request: Request, service: Service, environment: Environment) {
  const url = environmentUrl(request, service, environment);
  return {
    ...identity(environment),
    service_sid: service.sid,
    build_sid: environment.build?.sid ?? null,
    unique_name: environment.uniqueName,
    domain_suffix: environment.domainSuffix,
    domain_name: environment.domainName,
    ...dates(environment),
    url,
    links: {
      variables: `${url}/Variables`,
      deployments: `${url}/Deployments`,
      logs: `${url}/Logs`,
    },
  };
}

/** @throws {ApiError} 409 if the Service has that name or that suffix already */
export function createEnvironment(
  state: State,
  service: Service,
  input: NewEnvironment,
): Environment {
  for (const other of service.environments.values()) {
    if (other.uniqueName === input.uniqueName || other.domainSuffix === input.domainSuffix) {
      throw conflict('Environment with this UniqueName or DomainSuffix already exists.');
    }
  }
  const identified = stamp(state, 'ZE');
  const environment: Environment = {
    ...identified,
    ...input,
    updatedAt: identified.createdAt,
    domainName: state.settings.domainName(service, input),
    build: undefined,
    variables: new Map(),
    deployments: new Map(),
    logs: new Map(),
    hosted: undefined,
  };
  service.environments.set(environment.sid, environment);
  return environment;
}

/** Removes the environment with its variables and deployments; its Build is live no more. */
function deleteEnvironment(state: State, service: Service, environment: Environment): void {
  if (environment.build) environment.build.idleSince = state.settings.now();
  service.environments.delete(environment.sid);
}

/** The environment that the path names. @throws {ApiError} 404 */
export function environmentOf(service: Service, request: Request): Environment {
  return found(request, service.environments.get(param(request, 'environment')));
}

/**
 * An environment of any Service, by its SID or its domain name. Of several with one domain, which
 * Twilio does not have, the newest: the rehearsal has one domain, for one deployment at a time.
 */
export function findEnvironment(
  { services }: State,
  sidOrDomain: string,
): { service: Service; environment: Environment } | undefined {
  const all = [...services.values()].flatMap((service) =>
    [...service.environments.values()].map((environment) => ({ service, environment })),
  );
  return all
    .filter(({ environment: { sid, domainName } }) => [sid, domainName].includes(sidOrDomain))
    .sort((a, b) => b.environment.sequence - a.environment.sequence)[0];
}
