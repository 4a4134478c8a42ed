import type { HostedBuild, HostedFile } from '../../hosted';
import type { Environment, FileVersion, Service } from './records';
import type { State } from './state';
import { variablesOf } from './variables';

/**
 * What an environment serves, by its SID or its domain name; undefined if there is no such
 * environment or nothing is live in it. The object stays the same one until a deployment or a
 * variable changes.
 */
export function liveBuild(state: State, sidOrDomain: string): HostedBuild | undefined {
  for (const service of state.services.values()) {
    for (const environment of service.environments.values()) {
      if (environment.sid !== sidOrDomain && environment.domainName !== sidOrDomain) continue;
      environment.hosted ??= host(service, environment);
      return environment.hosted;
    }
  }
  return undefined;
}

function host(service: Service, { build, sid, variables }: Environment): HostedBuild | undefined {
  return (
    build && {
      buildSid: build.sid,
      serviceSid: service.sid,
      environmentSid: sid,
      functions: build.functions.map(hostedFile),
      assets: build.assets.map(hostedFile),
      variables: variablesOf(variables.values()),
    }
  );
}

function hostedFile({ sid, path, visibility, content, contentType }: FileVersion): HostedFile {
  return { sid, path, visibility, content, contentType };
}
