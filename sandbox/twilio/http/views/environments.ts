import type { Deployment, Environment, Service, Variable } from '../../state/records';
import { dates, identity, type Site, serviceUrl } from './site';

const environmentUrl = (site: Site, service: Service, { sid }: Environment) =>
  `${serviceUrl(site, service)}/Environments/${sid}`;

export function environmentView(site: Site, service: Service, environment: Environment) {
  const url = environmentUrl(site, service, environment);
  return {
    ...identity(site, environment),
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

export function variableView(
  site: Site,
  service: Service,
  environment: Environment,
  variable: Variable,
) {
  return {
    ...identity(site, variable),
    service_sid: service.sid,
    environment_sid: environment.sid,
    key: variable.key,
    value: variable.value,
    ...dates(variable),
    url: `${environmentUrl(site, service, environment)}/Variables/${variable.sid}`,
  };
}

export function deploymentView(
  site: Site,
  service: Service,
  environment: Environment,
  deployment: Deployment,
) {
  return {
    ...identity(site, deployment),
    service_sid: service.sid,
    environment_sid: environment.sid,
    build_sid: deployment.buildSid,
    ...dates({ createdAt: deployment.createdAt, updatedAt: deployment.createdAt }),
    url: `${environmentUrl(site, service, environment)}/Deployments/${deployment.sid}`,
  };
}
