import { statusOf } from '../../state/builds';
import type { Build, Service } from '../../state/records';
import { packedView } from './files';
import { dates, identity, type Site, serviceUrl } from './site';

const buildUrl = (site: Site, service: Service, { sid }: Build) =>
  `${serviceUrl(site, service)}/Builds/${sid}`;

export function buildView(site: Site, service: Service, build: Build) {
  const url = buildUrl(site, service, build);
  const now = site.settings.now();
  const status = statusOf(build, now);
  return {
    ...identity(site, build),
    service_sid: service.sid,
    asset_versions: build.assets.map((version) => packedView(site, service, 'Assets', version)),
    function_versions: build.functions.map((version) =>
      packedView(site, service, 'Functions', version),
    ),
    dependencies: build.dependencies,
    runtime: build.runtime,
    status,
    ...dates({
      createdAt: build.createdAt,
      updatedAt: status === 'building' ? build.createdAt : build.readyAt,
    }),
    url,
    links: { build_status: `${url}/Status` },
  };
}

export function buildStatusView(site: Site, service: Service, build: Build) {
  return {
    ...identity(site, build),
    service_sid: service.sid,
    status: statusOf(build, site.settings.now()),
    url: `${buildUrl(site, service, build)}/Status`,
  };
}
