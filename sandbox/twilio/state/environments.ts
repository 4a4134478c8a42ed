import { conflict } from '../errors';
import type { Environment, Service } from './records';
import { type State, stamp } from './state';

export interface NewEnvironment {
  readonly uniqueName: string;
  /** None makes the Service's bare domain; a Service has one such environment. */
  readonly domainSuffix: string | null;
}

/** Throws 409 if the Service has that name or that suffix already. */
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
  const identity = stamp(state, 'ZE');
  const environment: Environment = {
    ...identity,
    ...input,
    updatedAt: identity.createdAt,
    domainName: state.settings.domainName(service, { sid: identity.sid, ...input }),
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
export function deleteEnvironment(state: State, service: Service, environment: Environment): void {
  if (environment.build) environment.build.idleSince = state.settings.now();
  service.environments.delete(environment.sid);
}
