// Loads a Function in a fresh process, calls it once, and prints how many milliseconds both took,
// and what it answered.
// Plain JavaScript and nothing else loaded, so that a Function pays for all that it needs.
// Argument: JSON with file, context, event, functions and assets.
const { file, context, event, functions, assets } = JSON.parse(process.argv[2]);
const { readFileSync } = require('node:fs');

class Response {
  setStatusCode(status) {
    this.status = status;
  }
  setHeaders(headers) {
    this.headers = headers;
  }
  setBody(body) {
    this.body = body;
  }
}
const references = (files) =>
  Object.fromEntries(
    files.map((it) => [it.path, { path: it.file, open: () => readFileSync(it.file, 'utf8') }]),
  );
globalThis.Twilio = { Response };
const runtime = { functions: references(functions), assets: references(assets) };
globalThis.Runtime = {
  getFunctions: () => runtime.functions,
  getAssets: () => runtime.assets,
};
// What a Function logs goes to Twilio's log, and not into the figure.
for (const level of ['info', 'warn', 'error']) console[level] = () => {};

const start = process.hrtime.bigint();
require(file).handler(context, event, (error, response) => {
  const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
  if (error || response === undefined) throw error || new Error('no answer');
  const { status, body } = response;
  const twiml = typeof body === 'string' ? body : undefined;
  process.stdout.write(`${JSON.stringify({ milliseconds, status, twiml })}\n`, () =>
    process.exit(),
  );
});
