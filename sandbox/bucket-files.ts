import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { ConfigError } from '../src/errors';

/** A file that the sandbox puts into its bucket. */
export interface BucketFile {
  /** The end of the key: the path within the folder, with slashes, in Unicode NFC. */
  readonly name: string;
  readonly path: string;
}

/** The sandbox keeps its bucket in memory. */
const MAX_BYTES = 500_000_000;

/**
 * The files of a folder and of all folders in it, but for hidden ones, in the order of their names.
 *
 * @throws {ConfigError} when there is no such folder, or when it is too large for a bucket in memory
 */
export function readBucketFiles(folder: string): BucketFile[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new ConfigError(`There is no folder ${folder}.`);
  }
  const files: BucketFile[] = [];
  let bytes = 0;
  for (const path of visibleFiles(folder)) {
    bytes += statSync(path).size;
    if (bytes > MAX_BYTES) {
      throw new ConfigError(
        `The files of ${folder} are larger than ${MAX_BYTES / 1e6} MB together: name a folder that holds your prompts only.`,
      );
    }
    // Some file systems of macOS decompose what was written composed.
    const name = relative(folder, path).split(sep).join('/').normalize('NFC');
    files.push({ name, path });
  }
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function* visibleFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) yield* visibleFiles(path);
    else if (entry.isFile() || (entry.isSymbolicLink() && isFile(path))) yield path;
  }
}

/** Where a symbolic link leads; a folder behind one is left out, as it could hold itself. */
function isFile(link: string): boolean {
  return existsSync(link) && statSync(link).isFile();
}
