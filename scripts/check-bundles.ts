import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';

/**
 * The most that each bundled Function may weigh, in kB. What is loaded is dead air on a phone line;
 * no caller waits for sync, nor for what gets temporary credentials, which is AWS's SDK.
 */
const FUNCTIONS: Readonly<Record<string, number>> = {
  'audio.js': 36,
  'fallback.protected.js': 51,
  'menu.protected.js': 50,
  'voice.protected.js': 50,
  'sync.js': 200,
  'status.js': 150,
  'call-flow-parser.private.js': 25,
  'crc.private.js': 4,
  'credentials.private.js': 440,
};

/**
 * The most that all files of a page may weigh together, in kB, each compressed by brotli, which all
 * browsers of scripts/build-pages.ts take. Twilio does not document how it compresses Assets. A person
 * waits for the console; the phone page is on this machine, so that its limit keeps large packages out.
 */
const PAGES: Readonly<Record<string, number>> = {
  console: 40,
  'phone page': 40,
};

export interface BundleResult {
  readonly fits: boolean;
  readonly line: string;
}

/**
 * Compares each bundle with its limit. One without a limit does not fit, nor does a limit without a
 * bundle.
 *
 * @param sizes of the Functions' bundles, and of the compressed pages, in bytes, by their names
 */
export function checkBundles(sizes: ReadonlyMap<string, number>): BundleResult[] {
  const limits: Readonly<Record<string, number>> = { ...FUNCTIONS, ...PAGES };
  const files = [...new Set([...Object.keys(limits), ...sizes.keys()])];
  return files.map((file) => {
    const [bytes, limit] = [sizes.get(file), limits[file]];
    if (bytes === undefined) {
      return {
        fits: false,
        line: `GONE ${file}: there is no such bundle any more. Remove its line.`,
      };
    }
    const size = Math.ceil(bytes / 1000);
    if (limit === undefined) {
      const line = `NEW  ${file}: ${size} kB without a limit. Give it a line in scripts/check-bundles.ts.`;
      return { fits: false, line };
    }
    const fits = size <= limit;
    return { fits, line: `${fits ? 'ok  ' : 'OVER'} ${file}: ${size} kB of ${limit} kB` };
  });
}

const built = (...names: string[]) => join(__dirname, '..', '.twilioserverless', ...names);

/** What a browser loads of a page, in bytes. */
function compressedSize(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + brotliCompressSync(readFileSync(file)).length, 0);
}

const filesIn = (folder: string) => readdirSync(folder).map((name) => join(folder, name));

if (require.main === module) {
  const functions = readdirSync(built('functions')).map(
    (name) => [name, statSync(built('functions', name)).size] as const,
  );
  const page = built('assets', 'index.html');
  const sizes = new Map([
    ...functions,
    ['console', compressedSize([page, ...filesIn(built('assets', 'console'))])] as const,
    ['phone page', compressedSize(filesIn(built('phone-page')))] as const,
  ]);
  for (const { fits, line } of checkBundles(sizes)) {
    console.log(line);
    if (!fits) process.exitCode = 1;
  }
}
