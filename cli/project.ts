import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** This project's own folder. Sources and the bundles of them lie at different depths in it. */
export const PROJECT_DIRECTORY = folderAbove(__dirname);

function folderAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : folderAbove(dirname(folder));
}
