import type { Limits } from '../limits';
import { dropBuild, isLive } from './builds';
import type { FileResource, Service } from './records';
import type { State } from './state';

/**
 * Removes what Twilio no longer keeps at this time: Builds that are live nowhere, then the versions
 * that no Build holds, then the Assets and Functions without a version. Each period starts when the
 * one before it ended, however late this is called.
 * https://www.twilio.com/docs/serverless/api ("Retention policy")
 */
export function expire({ services, settings: { now, limits } }: State): void {
  const time = now();
  for (const service of services.values()) {
    expireBuilds(service, limits, time);
    expireFiles(service.assets, limits, time);
    expireFiles(service.functions, limits, time);
  }
}

function expireBuilds(service: Service, { idleBuildMs }: Limits, time: number): void {
  for (const build of service.builds.values()) {
    const end = build.idleSince + idleBuildMs;
    if (end <= time && !isLive(service, build)) dropBuild(service, build, end);
  }
}

function expireFiles(
  files: Map<string, FileResource>,
  { unusedVersionMs }: Limits,
  time: number,
): void {
  for (const file of files.values()) {
    for (const version of file.versions.values()) {
      const end = version.unusedSince + unusedVersionMs;
      if (version.builds > 0 || end > time) continue;
      file.versions.delete(version.sid);
      file.emptySince = Math.max(file.emptySince, end);
    }
    const empty = file.versions.size === 0;
    if (empty && file.emptySince + unusedVersionMs <= time) files.delete(file.sid);
  }
}
