import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The most that each bundled Function may weigh, in kB. What is loaded is dead air on a phone line;
 * no caller waits for sync, nor for what gets temporary credentials, which is AWS's SDK.
 */
const BUDGET: Readonly<Record<string, number>> = {
  'audio.js': 36,
  'fallback.protected.js': 51,
  'menu.protected.js': 50,
  'voice.protected.js': 50,
  'sync.js': 200,
  'call-flow-parser.private.js': 25,
  'crc.private.js': 4,
  'credentials.private.js': 440,
};

export interface BundleResult {
  readonly fits: boolean;
  readonly line: string;
}

/**
 * Compares each bundle with its limit. One without a limit does not fit, nor does a limit without a
 * bundle.
 *
 * @param sizes of the bundles, in bytes, by their file names
 */
export function checkBundles(sizes: ReadonlyMap<string, number>): BundleResult[] {
  const files = [...new Set([...Object.keys(BUDGET), ...sizes.keys()])];
  return files.map((file) => {
    const [bytes, budget] = [sizes.get(file), BUDGET[file]];
    if (bytes === undefined) {
      return {
        fits: false,
        line: `GONE ${file}: there is no such Function any more. Remove its line.`,
      };
    }
    const size = Math.ceil(bytes / 1000);
    if (budget === undefined) {
      const line = `NEW  ${file}: ${size} kB without a limit. Give it a line in scripts/check-bundles.ts.`;
      return { fits: false, line };
    }
    const fits = size <= budget;
    return { fits, line: `${fits ? 'ok  ' : 'OVER'} ${file}: ${size} kB of ${budget} kB` };
  });
}

if (require.main === module) {
  const folder = join(__dirname, '..', '.twilioserverless', 'functions');
  const sizes = readdirSync(folder).map(
    (file) => [file, statSync(join(folder, file)).size] as const,
  );
  for (const { fits, line } of checkBundles(new Map(sizes))) {
    console.log(line);
    if (!fits) process.exitCode = 1;
  }
}
