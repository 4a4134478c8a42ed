import { type Request, Router } from 'express';
import * as v from 'valibot';
import {
  BUILD_ASSETS,
  BUILD_FUNCTIONS,
  BUILD_PRIVATE_ASSETS,
  RUNTIME_HANDLER_PACKAGE as HANDLER,
  RUNTIME_HANDLERS,
  RUNTIME_HANDLERS_PAGE,
  RUNTIMES,
} from '../../src/limits';
import { type FileKind, filesOf } from './assets-and-functions';
import { invalid, tooManyRequests, unsupportedRuntime } from './errors';
import { readForm, sids } from './forms';
import { created, dates, endpoint, found, identity, ok, param, serviceUrl } from './http';
import { listPage } from './paging';
import { type Service, serviceOf } from './services';
import { type Resource, type State, stamp } from './state';
import { type FileVersion, packedView } from './versions';

export interface NewBuild {
  /** SIDs of Asset Versions and Function Versions. */
  readonly assetVersions: readonly string[];
  readonly functionVersions: readonly string[];
  readonly dependencies: readonly Dependency[];
  readonly runtime: string;
}

interface Dependency {
  readonly name: string;
  readonly version: string;
}

export interface BuildContents {
  readonly assets: readonly FileVersion[];
  readonly functions: readonly FileVersion[];
  readonly dependencies: readonly Dependency[];
  readonly runtime: string;
}

/** A package: it keeps its files even when their Asset or Function is deleted. */
export interface Build extends Resource, BuildContents {
  readonly outcome: 'completed' | 'failed';
  /** Epoch milliseconds from which on the status is the outcome. */
  readonly readyAt: number;
  /** Epoch milliseconds since which it has been live nowhere, while it is not. */
  idleSince: number;
}

const newBuild = v.object({
  AssetVersions: sids('ZN'),
  FunctionVersions: sids('ZN'),
  Dependencies: v.optional(v.string(), '[]'),
  Runtime: v.optional(v.string(), RUNTIMES[0]),
});

/**
 * https://www.twilio.com/docs/serverless/api/resource/build
 * https://www.twilio.com/docs/serverless/api/resource/build-status
 */
export function buildRoutes(state: State): Router {
  const open = (request: Request) => {
    const service = serviceOf(state, request);
    const build = () => found(request, service.builds.get(param(request, 'build')));
    const view = (shown: Build) => buildView(state, request, service, shown);
    return { service, build, view };
  };

  const router = Router({ caseSensitive: true });
  const all = '/Services/:service/Builds';
  router.get(
    all,
    endpoint((request) => {
      const { service, view } = open(request);
      return listPage(state, request, service.builds.values(), { key: 'builds', view });
    }),
  );
  router.post(
    all,
    endpoint((request) => {
      const { service, view } = open(request);
      const form = readForm(newBuild, request);
      const build = createBuild(state, service, {
        assetVersions: form.AssetVersions,
        functionVersions: form.FunctionVersions,
        dependencies: parseDependencies(form.Dependencies),
        runtime: form.Runtime,
      });
      return created(view(build));
    }),
  );
  router.get(
    `${all}/:build`,
    endpoint((request) => {
      const { build, view } = open(request);
      return ok(view(build()));
    }),
  );
  router.get(
    `${all}/:build/Status`,
    endpoint((request) => {
      const { service, build } = open(request);
      return ok({
        ...identity(build()),
        service_sid: service.sid,
        status: statusOf(state, build()),
        url: `${buildUrl(request, service, build())}/Status`,
      });
    }),
  );
  return router;
}

const buildUrl = (request: Request, service: Service, { sid }: Build): string =>
  `${serviceUrl(request, service)}/Builds/${sid}`;

function buildView(state: State, request: Request, service: Service, build: Build) {
  const { createdAt, readyAt } = build;
  const url = buildUrl(request, service, build);
  const status = statusOf(state, build);
  const inCapitals = state.settings.buildVisibility === 'upper';
  const versionsView = (kind: FileKind, versions: readonly FileVersion[]) =>
    versions.map((version) => ({
      ...packedView(service, kind, version),
      ...(inCapitals && { visibility: version.visibility.toUpperCase() }),
    }));
  return {
    ...identity(build),
    service_sid: service.sid,
    asset_versions: versionsView('Assets', build.assets),
    function_versions: versionsView('Functions', build.functions),
    dependencies: build.dependencies,
    runtime: build.runtime,
    status,
    ...dates({ createdAt, updatedAt: status === 'building' ? createdAt : readyAt }),
    url,
    links: { build_status: `${url}/Status` },
  };
}

/** @throws {ApiError} 400 if Twilio would not build that, 429 if the account has built too often */
export function createBuild(state: State, service: Service, input: NewBuild): Build {
  const { settings } = state;
  const contents: BuildContents = {
    assets: findVersions(service, 'Assets', input.assetVersions),
    functions: findVersions(service, 'Functions', input.functionVersions),
    dependencies: input.dependencies,
    runtime: input.runtime,
  };
  checkFiles(contents);
  checkPlatform(contents);
  countBuild(state);

  const identified = stamp(state, 'ZB');
  const build: Build = {
    ...identified,
    ...contents,
    outcome: settings.buildFails(contents) ? 'failed' : 'completed',
    readyAt: identified.createdAt + settings.buildMs,
    idleSince: identified.createdAt,
  };
  for (const version of filesIn(build)) version.builds += 1;
  service.builds.set(build.sid, build);
  return build;
}

/** Removes the Build; versions that no other Build holds are unused from `at` on (epoch ms). */
export function dropBuild(service: Service, build: Build, at: number): void {
  service.builds.delete(build.sid);
  for (const version of filesIn(build)) {
    version.builds -= 1;
    version.unusedSince = Math.max(version.unusedSince, at);
  }
}

export function statusOf(state: State, build: Build): 'building' | 'completed' | 'failed' {
  return state.settings.now() < build.readyAt ? 'building' : build.outcome;
}

function filesIn(build: Build): FileVersion[] {
  return [...build.assets, ...build.functions];
}

function findVersions(service: Service, kind: FileKind, sids: readonly string[]): FileVersion[] {
  const known = new Map<string, FileVersion>();
  for (const file of filesOf(service, kind).values()) {
    for (const version of file.versions.values()) known.set(version.sid, version);
  }
  return sids.map((sid) => {
    const version = known.get(sid);
    if (version) return version;
    throw invalid(`${kind.slice(0, -1)} Version ${sid} was not found in the Service.`);
  });
}

const dependencies = v.array(
  v.object({ name: v.pipe(v.string(), v.nonEmpty()), version: v.pipe(v.string(), v.nonEmpty()) }),
);

/**
 * Reads `Dependencies`: a JSON array of name and version. The toolkit's client puts one more pair of
 * quotes around it, without escaping those inside.
 *
 * @throws {ApiError} 400 for anything else
 */
function parseDependencies(text: string): Dependency[] {
  const json = /^"\[.*\]"$/s.test(text) ? text.slice(1, -1) : text;
  try {
    return v.parse(dependencies, JSON.parse(json));
  } catch {
    throw invalid('Dependencies must be a JSON array of objects with name and version.');
  }
}

/** @throws {ApiError} 400 for no file, two versions of one, two at one path, or too many */
function checkFiles({ assets, functions }: BuildContents): void {
  if (assets.length + functions.length === 0) {
    throw invalid('At least one Function Version or Asset Version is required for Build.');
  }
  const versionTwice = (kind: string) => (_: string, both: string) =>
    `Different ${kind} Versions for same ${kind}. Conflicting SIDs: ${both}.`;
  checkUnique(assets, ({ fileSid }) => fileSid, versionTwice('Asset'));
  checkUnique(functions, ({ fileSid }) => fileSid, versionTwice('Function'));
  checkUnique(
    [...assets, ...functions],
    ({ path }) => path,
    (path, both) => `Path ${path} is not unique. Conflicting SIDs: ${both}.`,
  );

  const hidden = assets.filter(({ visibility }) => visibility === 'private').length;
  checkCount(functions.length, BUILD_FUNCTIONS, 'Function Versions');
  checkCount(assets.length - hidden, BUILD_ASSETS, 'public and protected Asset Versions');
  checkCount(hidden, BUILD_PRIVATE_ASSETS, 'private Asset Versions');
}

function checkUnique(
  versions: readonly FileVersion[],
  keyOf: (version: FileVersion) => string,
  message: (key: string, both: string) => string,
): void {
  const seen = new Map<string, string>();
  for (const version of versions) {
    const key = keyOf(version);
    const other = seen.get(key);
    if (other) throw invalid(message(key, `${other} and ${version.sid}`));
    seen.set(key, version.sid);
  }
}

function checkCount(count: number, limit: number, what: string): void {
  if (count > limit) throw invalid(`A Build can have ${limit} ${what}, not ${count}.`);
}

/**
 * @throws {ApiError} 400 for a runtime that Twilio does not build for, and unless Functions come with
 * a runtime handler of a version that the platform has. The words are Twilio's:
 * https://github.com/twilio-labs/serverless-toolkit/issues/564
 */
function checkPlatform({ functions, dependencies, runtime }: BuildContents): void {
  if (!RUNTIMES.some((supported) => supported === runtime)) throw unsupportedRuntime(runtime);
  const handlers = dependencies.filter(({ name }) => name === HANDLER);
  if (functions.length > 0 && handlers.length === 0) {
    throw invalid(`Dependencies must name ${HANDLER}, as the Build has Functions.`);
  }
  for (const { version } of handlers) {
    if (RUNTIME_HANDLERS.some((known) => known === version)) continue;
    throw invalid(
      `Some dependencies could not be validated. No matching version found for ${HANDLER}@${version}. You can find the valid versions at ${RUNTIME_HANDLERS_PAGE}`,
    );
  }
}

const HOUR_MS = 60 * 60 * 1000;

function countBuild(state: State): void {
  const { now, limits } = state.settings;
  const time = now();
  state.buildTimes = state.buildTimes.filter((built) => built > time - HOUR_MS);
  const [oldest] = state.buildTimes;
  if (oldest !== undefined && state.buildTimes.length >= limits.buildsPerHour) {
    const retryAfterSeconds = Math.ceil((oldest + HOUR_MS - time) / 1000);
    throw tooManyRequests(
      `An account can have ${limits.buildsPerHour} Builds an hour.`,
      retryAfterSeconds,
    );
  }
  state.buildTimes.push(time);
}
