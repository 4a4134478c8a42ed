import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { parseCallFlow } from '../src/flow/load';

const root = join(__dirname, '..');
const out = join(root, '.twilioserverless', 'functions');

/**
 * Packages that Twilio installs in the build, so that they need no bundling. Only sync loads the
 * API client, which is large; the voice Functions bundle the one class that they use.
 */
const EXTERNAL: Readonly<Record<string, string[]>> = { sync: ['twilio'] };

/**
 * Bundles each Function into one file: on Twilio a Function lies in a folder of its own, where a
 * relative import of a sibling fails.
 */
async function main(): Promise<void> {
  parseCallFlow(readFileSync(join(root, 'assets', 'call-flow.private.json'), 'utf8'));
  rmSync(out, { recursive: true, force: true });
  const sources = readdirSync(join(root, 'functions')).filter((file) => file.endsWith('.ts'));
  await Promise.all(
    sources.map((file) =>
      build({
        entryPoints: [join(root, 'functions', file)],
        outfile: join(out, file.replace(/\.ts$/, '.js')),
        bundle: true,
        minify: true,
        keepNames: true,
        platform: 'node',
        target: 'node20',
        format: 'cjs',
        external: EXTERNAL[file.replace(/(\.\w+)?\.ts$/, '')] ?? [],
        logLevel: 'warning',
      }),
    ),
  );
}

main().catch((thrown: unknown) => {
  console.error(thrown instanceof Error ? thrown.message : thrown);
  process.exitCode = 1;
});
