import { IDLE_BUILD_MS, UNUSED_VERSION_MS } from '../../src/limits';
import type { FileResource } from './assets-and-functions';
import { dropBuild } from './builds';
import { isLive } from './deployments';
import type { Service } from './services';
import type { State } from './state';

/**
 * Removes what Twilio no longer keeps at this time: Builds that are live nowhere, then the versions
 * that no Build holds, then the Assets and Functions without a version. Each period starts when the
 * one before it ended, however late this is called.
 * https://www.twilio.com/docs/serverless/api ("Retention policy")
 */
export function expire({ services, settings: { now } }: State): void {
  const time = now();
  for (const service of services.values()) {
    expireBuilds(service, time);
    expireFiles(service.assets, time);
    expireFiles(service.functions, time);
  }
}

function expireBuilds(service: Service, time: number): void {
  for (const build of service.builds.values()) {
    const end = build.idleSince + IDLE_BUILD_MS;
    if (end <= time && !isLive(service, build)) dropBuild(service, build, end);
  }
}

function expireFiles(files: Map<string, FileResource>, time: number): void {
  for (const file of files.values()) {
    for (const version of file.versions.values()) {
      const end = version.unusedSince + UNUSED_VERSION_MS;
      if (version.builds > 0 || end > time) continue;
      file.versions.delete(version.sid);
      file.emptySince = Math.max(file.emptySince, end);
    }
    const isEmpty = file.versions.size === 0;
    if (isEmpty && file.emptySince + UNUSED_VERSION_MS <= time) files.delete(file.sid);
  }
}
