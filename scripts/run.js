// Starts a program of the project: `node scripts/run.js cli/sync.ts --help`. It runs the bundle of
// the program, and makes it anew first where a source was changed: no old program ever runs.
const { join } = require('node:path');
const launcher = require('./programs');

/** A program reads its arguments as if it was started itself. */
const [source] = process.argv.splice(2, 1);

/** Where a bundle cannot be written, such as in another user's folder, the sources run. */
function useSources(thrown) {
  if (thrown.syscall === undefined) throw thrown;
  require('./typescript');
  return join(__dirname, '..', source);
}

function run(file) {
  // Lets stack traces name the sources.
  process.setSourceMapsEnabled(true);
  return require(file).main(launcher);
}

function fail({ code, message }) {
  const isMissing = code === 'MODULE_NOT_FOUND';
  console.error(isMissing ? 'Run npm ci first.' : message);
  process.exitCode = isMissing ? 2 : 1;
}

launcher.bundleProgram(source).catch(useSources).then(run, fail);
