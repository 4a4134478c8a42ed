import type { HostedBuild, HostedFile } from '../hosted';

/** A file of the Build that has a URL, and which of the two servers answers for it. */
export interface Route {
  readonly kind: 'function' | 'asset';
  readonly file: HostedFile;
}

/** `/` serves `/assets/index.html`: https://github.com/twilio-labs/serverless-toolkit/issues/371 */
const ROOT_PATHS = ['/', '/assets/index.html', '/index.html'];

/**
 * Finds what a request target (path and query, as sent) names. Routing is exact: no wildcard, no
 * normalisation. Private files have no URL, so they are not found:
 * https://www.twilio.com/docs/serverless/functions-assets/visibility
 */
export function findRoute(build: HostedBuild, target: string): Route | undefined {
  const paths = candidatePaths(pathOf(target));
  for (const path of paths) {
    const named = (file: HostedFile) => file.path === path && file.visibility !== 'private';
    const hostedFunction = build.functions.find(named);
    if (hostedFunction) return { kind: 'function', file: hostedFunction };
    const asset = build.assets.find(named);
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
