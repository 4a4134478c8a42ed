/**
 * The project's programs as bundles: Node reads one file in place of some hundred, and compiles no
 * TypeScript. `npm run sync -- --help` needs half of the time.
 */
const fs = require('node:fs');
const { dirname, join } = require('node:path');

const ROOT = join(__dirname, '..');
/** Not in functions/, so that it is not deployed. */
const OUT = join(ROOT, '.twilioserverless', 'programs');

/**
 * Packages that only some actions load, and those that find their own files by their place. To bundle
 * them would make a bundle after an edit take seconds.
 */
const EXTERNAL = [
  '@aws-sdk/*',
  '@smithy/*',
  '@twilio/*',
  '@twilio-labs/*',
  'esbuild',
  'twilio',
  'twilio-run',
];

/** What each bundle depends on, beside the sources in it. npm writes the last one at each install. */
const ALWAYS = [
  'package.json',
  'tsconfig.json',
  'scripts/programs.js',
  'node_modules/.package-lock.json',
];

/** @param source of a program, from the project's folder, such as cli/sync.ts */
const bundleOf = (source) => join(OUT, source.replace(/\.ts$/, '.js'));

/**
 * When a file was changed, and its bytes: some archives give the files of all versions one time, and
 * some file systems know only seconds. Null for none.
 */
function stateOf(file) {
  const stat = fs.statSync(join(ROOT, file), { throwIfNoEntry: false });
  return stat ? [stat.mtimeMs, stat.size] : null;
}

/** Whether a program's bundle was made of the files as they are now. The last line of it tells. */
function isFresh(source) {
  try {
    const text = fs.readFileSync(bundleOf(source), 'utf8');
    const inputs = JSON.parse(text.slice(text.lastIndexOf('\n//') + 3));
    return Object.entries(inputs).every(([file, state]) => `${stateOf(file)}` === `${state}`);
  } catch {
    return false;
  }
}

/**
 * Bundles a program, unless its bundle is fresh.
 *
 * @returns the bundle's file
 */
async function bundleProgram(source) {
  const file = bundleOf(source);
  if (isFresh(source)) return file;
  const startedAt = Date.now();
  const { outputFiles, metafile } = await require('esbuild').build({
    absWorkingDir: ROOT,
    entryPoints: [source],
    outfile: file,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // The other form of jsonc-parser requires by names that esbuild cannot follow.
    mainFields: ['module', 'main'],
    external: EXTERNAL,
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  const own = Object.keys(metafile.inputs).filter((input) => !input.startsWith('node_modules/'));
  // Of a source that is edited meanwhile the bundle may have the old text: 0 equals no state.
  const states = [...own, ...ALWAYS].map((input) => {
    const state = stateOf(input);
    return [input, state === null || state[0] < startedAt ? state : 0];
  });
  const inputs = JSON.stringify(Object.fromEntries(states));
  fs.mkdirSync(dirname(file), { recursive: true });
  for (const { path, text } of outputFiles) {
    // By a rename, so that a program that starts meanwhile reads a whole file.
    const whole = path === file ? `${text.trimEnd()}\n//${inputs}` : text;
    fs.writeFileSync(`${path}.${process.pid}`, whole);
    fs.renameSync(`${path}.${process.pid}`, path);
  }
  return file;
}

/** The sources of all programs, by the scripts of package.json that start them. */
function programs() {
  const { scripts } = JSON.parse(fs.readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const started = Object.values(scripts).flatMap((script) => [
    ...script.matchAll(/\bscripts\/run\.js (\S+)/g),
  ]);
  return [...new Set(started.map(([, source]) => source))];
}

module.exports = { bundleProgram, programs };
