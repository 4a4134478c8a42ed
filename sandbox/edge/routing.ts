import type { HostedBuild, HostedFile } from '../hosted';

/** A file of the Build that has a URL. */
export interface Route {
  readonly kind: 'function' | 'asset';
  readonly file: HostedFile;
}

/** `/` serves `/assets/index.html`: https://github.com/twilio-labs/serverless-toolkit/issues/371 */
const ROOT_PATHS = ['/', '/assets/index.html', '/index.html'];

/**
 * Finds what a request target (path and query, as sent) names. Routing is exact: no wildcard, no
 * normalisation. Private files have no URL:
 * https://www.twilio.com/docs/serverless/functions-assets/visibility
 */
export function findRoute(build: HostedBuild, target: string): Route | undefined {
  for (const path of candidatePaths(pathOf(target))) {
    const isServed = (file: HostedFile) => file.path === path && file.visibility !== 'private';
    const hostedFunction = build.functions.find(isServed);
    if (hostedFunction) return { kind: 'function', file: hostedFunction };
    const asset = build.assets.find(isServed);
    if (asset) return { kind: 'asset', file: asset };
  }
  return undefined;
}

/** The path of a request target, as sent. */
export function pathOf(target: string): string {
  return target.split('?', 1)[0] ?? '';
}

function candidatePaths(path: string): string[] {
  if (path === '/') return ROOT_PATHS;
  try {
    return [path, decodeURIComponent(path)];
  } catch {
    return [path];
  }
}
