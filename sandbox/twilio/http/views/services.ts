import type { Service } from '../../state/records';
import { dates, identity, type Site, serviceUrl } from './site';

export function serviceView(site: Site, service: Service) {
  const url = serviceUrl(site, service);
  return {
    ...identity(site, service),
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
