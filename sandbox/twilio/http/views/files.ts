import type { FileKind } from '../../state/files';
import type { FileResource, FileVersion, Service } from '../../state/records';
import { date, dates, identity, type Site, serviceUrl } from './site';

const names = {
  Assets: { versions: 'asset_versions', file: 'asset_sid' },
  Functions: { versions: 'function_versions', file: 'function_sid' },
} as const;

export function fileView(site: Site, service: Service, kind: FileKind, file: FileResource) {
  const url = `${serviceUrl(site, service)}/${kind}/${file.sid}`;
  return {
    ...identity(site, file),
    service_sid: service.sid,
    friendly_name: file.friendlyName,
    ...dates(file),
    url,
    links: { [names[kind].versions]: `${url}/Versions` },
  };
}

export function versionView(site: Site, service: Service, kind: FileKind, version: FileVersion) {
  const url = `${serviceUrl(site, service)}/${kind}/${version.fileSid}/Versions/${version.sid}`;
  return {
    ...identity(site, version),
    service_sid: service.sid,
    [names[kind].file]: version.fileSid,
    path: version.path,
    visibility: version.visibility,
    date_created: date(version.createdAt),
    url,
    ...(kind === 'Functions' && { links: { function_version_content: `${url}/Content` } }),
  };
}

export function contentView(site: Site, service: Service, version: FileVersion) {
  return {
    ...identity(site, version),
    service_sid: service.sid,
    function_sid: version.fileSid,
    content: version.content.toString('utf8'),
    url: `${serviceUrl(site, service)}/Functions/${version.fileSid}/Versions/${version.sid}/Content`,
  };
}

/** A version inside a Build: without URLs, as in the examples of Twilio's OpenAPI description. */
export function packedView(site: Site, service: Service, kind: FileKind, version: FileVersion) {
  const upper = site.settings.buildVisibility === 'upper';
  return {
    ...identity(site, version),
    service_sid: service.sid,
    [names[kind].file]: version.fileSid,
    date_created: date(version.createdAt),
    path: version.path,
    visibility: upper ? version.visibility.toUpperCase() : version.visibility,
  };
}
