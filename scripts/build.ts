import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { keyWarnings, readCallFlow } from '../cli/call-flow';
import { PROJECT_DIRECTORY } from '../cli/project';
import { CALL_FLOW_FILE } from '../src/call-flow/files';
import type { CheckedCallFlow } from '../src/call-flow/load';
import { buildPages } from './build-pages';
import { AS_FUNCTION } from './bundle-options';
import { twimlWriter } from './twiml-writer';

const root = PROJECT_DIRECTORY;
const out = join(root, '.twilioserverless');
/** Where this build writes, until all of it is there. */
const fresh = join(out, `new-${process.pid}`);

/** Functions that hold AWS's SDK, which tells errors apart by the names of their classes. */
const NAMED: readonly string[] = ['credentials'];

/** What scripts/programs.js does. */
interface Launcher {
  readonly bundleProgram: (source: string) => Promise<unknown>;
  readonly programs: () => readonly string[];
}

/**
 * Bundles each Function into one file: on Twilio a Function lies in a folder of its own, where a
 * relative import of a sibling fails. What other projects use of ours goes to lib/, the pages to assets/
 * and phone-page/, and the programs of this folder to programs/. A build that fails changes none of the
 * others, and none of them is ever there in part.
 */
async function buildAll({ bundleProgram, programs }: Launcher): Promise<void> {
  const checked = checkedCallFlow();
  for (const warning of keyWarnings(checked.flow)) {
    console.error(`${CALL_FLOW_FILE}: ${warning}`);
  }
  const sources = readdirSync(join(root, 'functions')).filter((file) => /\.[jt]s$/.test(file));
  await all([
    ...sources.map((file) => bundleFunction(file, checked)),
    ...programs().map(bundleProgram),
    buildPages(fresh),
    bundle(join(root, 'src', 'playback', 'prompt-url.ts'), join(fresh, 'lib', 'prompt-url.js')),
  ]);
  readdirSync(fresh).forEach(replaceFolder);
  if (process.argv.includes('--quiet')) return;
  const names = sources.map((file) => file.replace(/\.[jt]s$/, ''));
  console.log(`Bundled ${names.length} Functions: ${names.join(', ')}`);
}

/** As Promise.all, but nothing goes on any more when it throws. */
async function all(steps: readonly Promise<unknown>[]): Promise<void> {
  for (const step of await Promise.allSettled(steps)) {
    if (step.status === 'rejected') throw step.reason;
  }
}

/** Puts a folder of this build in the place of the one before: who reads there never sees half of it. */
function replaceFolder(name: string): void {
  const folder = join(out, name);
  if (existsSync(folder)) renameSync(folder, join(fresh, `old-${name}`));
  renameSync(join(fresh, name), folder);
}

/** The call flow, and its text as the Functions will read it: with a byte order mark if there is one. */
function checkedCallFlow(): CheckedCallFlow {
  const flow = readCallFlow(root);
  return { text: readFileSync(join(root, CALL_FLOW_FILE), 'utf8'), flow };
}

function bundleFunction(file: string, checked: CheckedCallFlow): Promise<unknown> {
  const name = file.replace(/(\.\w+)?\.[jt]s$/, '');
  const outfile = join(fresh, 'functions', file.replace(/\.ts$/, '.js'));
  return bundle(join(root, 'functions', file), outfile, {
    keepNames: NAMED.includes(name),
    plugins: [twimlWriter],
    define: { CHECKED_CALL_FLOW: JSON.stringify(checked) },
  });
}

function bundle(entry: string, outfile: string, options: BuildOptions = {}): Promise<unknown> {
  return build({
    entryPoints: [entry],
    outfile,
    ...AS_FUNCTION,
    ...options,
  });
}

export const main = (launcher: Launcher) =>
  buildAll(launcher)
    .catch((thrown: unknown) => {
      console.error(thrown instanceof Error ? thrown.message : thrown);
      process.exitCode = 1;
    })
    .finally(() => rmSync(fresh, { recursive: true, force: true }));
