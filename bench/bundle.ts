import { type BuildOptions, buildSync } from 'esbuild';
import { AS_FUNCTION } from '../scripts/bundle-options';

/**
 * Bundles a few lines as the build bundles a Function: what a contender does must run as it
 * would on Twilio, and not as tsx compiles it for the command line.
 *
 * @param lines TypeScript, whose imports are relative to `directory`
 * @param outfile is overwritten
 * @returns the file
 */
export function bundle(
  lines: string,
  directory: string,
  outfile: string,
  options: BuildOptions = {},
): string {
  buildSync({
    stdin: { contents: lines, resolveDir: directory, loader: 'ts' },
    outfile,
    ...AS_FUNCTION,
    ...options,
  });
  return outfile;
}

/** Bundles a few lines, and loads them into this process. Returns their exports. */
export function bundleAndLoad(...bundled: Parameters<typeof bundle>): unknown {
  return require(bundle(...bundled));
}
