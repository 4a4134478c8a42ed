import {
  RUNTIME_HANDLER_PACKAGE as HANDLER,
  RUNTIME_HANDLERS,
  RUNTIME_HANDLERS_PAGE,
  RUNTIMES,
} from '../../../src/limits';
import { type ApiError, invalid, unsupportedRuntime } from '../errors';
import type { Limits } from '../limits';
import type { BuildContents, FileVersion } from './records';

/**
 * Throws 400 unless Twilio would build that: not empty, one version of a file, one file at a path,
 * no more than the limits, a runtime that is not over, and a runtime handler for its Functions, in a
 * version that the platform has.
 * https://www.twilio.com/docs/serverless/api/resource/build
 */
export function checkContents(
  { assets, functions, dependencies, runtime }: BuildContents,
  limits: Limits,
): void {
  if (assets.length + functions.length === 0) {
    throw invalid('At least one Function Version or Asset Version is required for Build.');
  }
  oneVersionEach('Asset', assets);
  oneVersionEach('Function', functions);
  onePathEach([...assets, ...functions]);

  const hidden = assets.filter(({ visibility }) => visibility === 'private').length;
  atMost(functions.length, limits.functionsPerBuild, 'Function Versions');
  atMost(
    assets.length - hidden,
    limits.servedAssetsPerBuild,
    'public and protected Asset Versions',
  );
  atMost(hidden, limits.privateAssetsPerBuild, 'private Asset Versions');

  if (!RUNTIMES.some((supported) => supported === runtime)) throw unsupportedRuntime(runtime);
  const handlers = dependencies.filter(({ name }) => name === HANDLER);
  if (functions.length && handlers.length === 0) {
    throw invalid(`Dependencies must name ${HANDLER}, as the Build has Functions.`);
  }
  for (const { version } of handlers) {
    if (!RUNTIME_HANDLERS.some((known) => known === version)) throw unknownHandler(version);
  }
}

/** In Twilio's words: https://github.com/twilio-labs/serverless-toolkit/issues/564 */
function unknownHandler(version: string): ApiError {
  return invalid(
    `Some dependencies could not be validated. No matching version found for ${HANDLER}@${version}. You can find the valid versions at ${RUNTIME_HANDLERS_PAGE}`,
  );
}

function oneVersionEach(kind: string, packed: readonly FileVersion[]): void {
  const seen = new Map<string, string>();
  for (const { sid, fileSid } of packed) {
    const other = seen.get(fileSid);
    if (other) {
      const both = `${other} and ${sid}`;
      throw invalid(`Different ${kind} Versions for same ${kind}. Conflicting SIDs: ${both}.`);
    }
    seen.set(fileSid, sid);
  }
}

function onePathEach(packed: readonly FileVersion[]): void {
  const seen = new Map<string, string>();
  for (const { sid, path } of packed) {
    const other = seen.get(path);
    if (other) throw invalid(`Path ${path} is not unique. Conflicting SIDs: ${other} and ${sid}.`);
    seen.set(path, sid);
  }
}

function atMost(count: number, limit: number, what: string): void {
  if (count > limit) throw invalid(`A Build can have ${limit} ${what}, not ${count}.`);
}
