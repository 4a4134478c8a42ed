import type { Environment, FunctionLog, Service } from '../../state/records';
import { date, identity, type Site, serviceUrl } from './site';

export function logView(site: Site, service: Service, environment: Environment, log: FunctionLog) {
  return {
    ...identity(site, log),
    service_sid: service.sid,
    environment_sid: environment.sid,
    build_sid: log.buildSid,
    deployment_sid: log.deploymentSid,
    function_sid: log.functionSid,
    request_sid: log.requestSid,
    level: log.level,
    message: log.message,
    date_created: date(log.createdAt),
    url: `${serviceUrl(site, service)}/Environments/${environment.sid}/Logs/${log.sid}`,
  };
}
