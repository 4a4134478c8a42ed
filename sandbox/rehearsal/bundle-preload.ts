import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { PROJECT_DIRECTORY } from '../../cli/project';
import type { LoopbackHosts } from './loopback';

/**
 * Bundles the file that `node --require` loads, so that a Node program reaches these hosts.
 *
 * @param directory for the file
 * @returns the file
 */
export function bundlePreload(
  { hosts, port, authority }: LoopbackHosts,
  directory: string,
): string {
  const outfile = join(directory, 'loopback.js');
  const ROUTE = JSON.stringify({ hosts, port, authority });
  const entryPoints = [join(PROJECT_DIRECTORY, 'sandbox', 'rehearsal', 'loopback-preload.ts')];
  buildSync({ entryPoints, outfile, bundle: true, platform: 'node', define: { ROUTE } });
  return outfile;
}
