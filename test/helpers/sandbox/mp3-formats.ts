/**
 * Prints the format of each MP3 named on the command line. A program of its own, as the library is
 * published as ES modules that Jest does not load.
 */
import { parseFile } from 'music-metadata';

async function formats(files: readonly string[]): Promise<string> {
  const read = files.map((file) => parseFile(file, { duration: true }));
  return JSON.stringify((await Promise.all(read)).map(({ format }) => format));
}

formats(process.argv.slice(2)).then(console.log);
