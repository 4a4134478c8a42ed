import { conflict, invalid, tooMany } from '../errors';
import { checkContents } from './contents';
import { type FileKind, filesOf } from './files';
import type { Build, BuildContents, Dependency, FileVersion, Service } from './records';
import { type State, stamp } from './state';

const HOUR = 60 * 60 * 1000;

export interface NewBuild {
  /** SIDs of Asset Versions and Function Versions. */
  readonly assetVersions: readonly string[];
  readonly functionVersions: readonly string[];
  readonly dependencies: readonly Dependency[];
  readonly runtime: string;
}

/** Throws 400 if Twilio would not build that, 429 if the account has built too often. */
export function createBuild(state: State, service: Service, input: NewBuild): Build {
  const { settings } = state;
  const contents: BuildContents = {
    assets: versions(service, 'Assets', input.assetVersions),
    functions: versions(service, 'Functions', input.functionVersions),
    dependencies: input.dependencies,
    runtime: input.runtime,
  };
  checkContents(contents, settings.limits);
  countBuild(state);

  const identity = stamp(state, 'ZB');
  const build: Build = {
    ...identity,
    ...contents,
    outcome: settings.buildFails(contents) ? 'failed' : 'completed',
    readyAt: identity.createdAt + settings.buildMs,
    idleSince: identity.createdAt,
  };
  for (const version of filesIn(build)) version.builds += 1;
  service.builds.set(build.sid, build);
  return build;
}

/** Throws 409 while the Build is live. */
export function deleteBuild(state: State, service: Service, build: Build): void {
  if (isLive(service, build)) {
    throw conflict("Cannot delete Build because it's part of an active Deployment.");
  }
  dropBuild(service, build, state.settings.now());
}

/** Removes the Build; versions that no other Build holds are unused from `at` on (epoch ms). */
export function dropBuild(service: Service, build: Build, at: number): void {
  service.builds.delete(build.sid);
  for (const version of filesIn(build)) {
    version.builds -= 1;
    version.unusedSince = Math.max(version.unusedSince, at);
  }
}

export function isLive(service: Service, build: Build): boolean {
  for (const environment of service.environments.values()) {
    if (environment.build === build) return true;
  }
  return false;
}

/** The status at `now` (epoch milliseconds). */
export function statusOf(build: Build, now: number): 'building' | 'completed' | 'failed' {
  return now < build.readyAt ? 'building' : build.outcome;
}

function filesIn(build: Build): FileVersion[] {
  return [...build.assets, ...build.functions];
}

function versions(service: Service, kind: FileKind, sids: readonly string[]): FileVersion[] {
  const known = new Map<string, FileVersion>();
  for (const file of filesOf(service, kind).values()) {
    for (const version of file.versions.values()) known.set(version.sid, version);
  }
  return sids.map((sid) => {
    const version = known.get(sid);
    if (!version)
      throw invalid(`${kind.slice(0, -1)} Version ${sid} was not found in the Service.`);
    return version;
  });
}

function countBuild(state: State): void {
  const { now, limits } = state.settings;
  const time = now();
  state.buildTimes = state.buildTimes.filter((built) => built > time - HOUR);
  const [oldest] = state.buildTimes;
  if (oldest !== undefined && state.buildTimes.length >= limits.buildsPerHour) {
    const wait = Math.ceil((oldest + HOUR - time) / 1000);
    throw tooMany(`An account can have ${limits.buildsPerHour} Builds an hour.`, wait);
  }
  state.buildTimes.push(time);
}
