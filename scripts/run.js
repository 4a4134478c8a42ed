// Starts a program of the project: `node scripts/run.js cli/sync.ts --help`. It runs the bundle of
// the program, and makes it anew first where a source was changed: no old program ever runs.
const { existsSync, readFileSync } = require('node:fs');
const { SourceMap } = require('node:module');
const { join, resolve } = require('node:path');
const launcher = require('./programs');

/** A program reads its arguments as if it was started itself. */
const [source] = process.argv.splice(2, 1);

/** Where a bundle cannot be written, such as in another user's folder, the sources run. */
function useSources(thrown) {
  if (thrown.syscall === undefined) throw thrown;
  require('./typescript');
  return join(__dirname, '..', source);
}

/**
 * Lets stack traces name the sources. Node could do so, but reads the map at each start, which takes 12 ms
 * of npm run sync.
 */
function nameSources(bundle) {
  let map;
  const nameSource = (site) => {
    if (site.getFileName() !== bundle) return `${site}`;
    map ??= new SourceMap(JSON.parse(readFileSync(`${bundle}.map`, 'utf8')));
    const [line, column] = [site.getLineNumber(), site.getColumnNumber()];
    const { originalSource, ...found } = map.findEntry(line - 1, column - 1);
    if (originalSource === undefined) return `${site}`;
    const source = resolve(bundle, '..', originalSource);
    const place = `${source}:${found.originalLine + 1}:${found.originalColumn + 1}`;
    return `${site}`.replace(`${bundle}:${line}:${column}`, () => place);
  };
  Error.prepareStackTrace = (error, sites) =>
    [error, ...sites.map((site) => `    at ${nameSource(site)}`)].join('\n');
}

function run(file) {
  if (existsSync(`${file}.map`)) nameSources(file);
  return require(file).main(launcher);
}

function fail({ code, message }) {
  const isMissing = code === 'MODULE_NOT_FOUND';
  console.error(isMissing ? 'Run npm ci first.' : message);
  process.exitCode = isMissing ? 2 : 1;
}

launcher.bundleProgram(source).catch(useSources).then(run, fail);
