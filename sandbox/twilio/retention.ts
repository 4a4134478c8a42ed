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
 *
 * It looks at all resources only when one of them may have ended: a look at a thousand Assets for each
 * request would take a good part of the request's time.
 */
export function expire(state: State): void {
  const time = state.settings.now();
  if (time < state.nextExpiry) return;
  const ends = [...state.services.values()].flatMap((service) => [
    ...expireBuilds(service, time),
    ...expireFiles(service.assets, time),
    ...expireFiles(service.functions, time),
  ]);
  // What begins to be unused from now on ends a whole period later.
  state.nextExpiry = ends.reduce((next, end) => Math.min(next, end), time + IDLE_BUILD_MS);
}

/** @returns when those that are left end, in epoch milliseconds */
function expireBuilds(service: Service, time: number): number[] {
  const ends: number[] = [];
  for (const build of service.builds.values()) {
    if (isLive(service, build)) continue;
    const end = build.idleSince + IDLE_BUILD_MS;
    if (end <= time) dropBuild(service, build, end);
    else ends.push(end);
  }
  return ends;
}

/** @returns when those that are left end, in epoch milliseconds */
function expireFiles(files: Map<string, FileResource>, time: number): number[] {
  const ends: number[] = [];
  for (const file of files.values()) {
    for (const version of file.versions.values()) {
      if (version.builds > 0) continue;
      const end = version.unusedSince + UNUSED_VERSION_MS;
      if (end > time) {
        ends.push(end);
        continue;
      }
      file.versions.delete(version.sid);
      file.emptySince = Math.max(file.emptySince, end);
    }
    if (file.versions.size > 0) continue;
    const end = file.emptySince + UNUSED_VERSION_MS;
    if (end <= time) files.delete(file.sid);
    else ends.push(end);
  }
  return ends;
}
