// Answers the first webhook of a call as a cold /voice does, and prints how long that took.
// `node bench/first-webhook.js <file of /voice> <layout, as JSON>`
const { readFileSync } = require('node:fs');

const [voice, layout] = process.argv.slice(2);
const { functions, assets, context, event } = JSON.parse(readFileSync(layout, 'utf8'));

// What Twilio's runtime sets before it loads a Function.
globalThis.Twilio = {
  Response: class {
    setStatusCode(status) {
      this.status = status;
    }
    setHeaders() {}
    setBody(body) {
      this.body = body;
    }
  },
};
globalThis.Runtime = {
  getFunctions: () => functions,
  getAssets: () =>
    Object.fromEntries(
      Object.entries(assets).map(([path, file]) => [
        path,
        { ...file, open: () => readFileSync(file.path, 'utf8') },
      ]),
    ),
};

const start = performance.now();
require(voice).handler(context, event, (error, response) => {
  const ms = performance.now() - start;
  const plays = /<Play>[^<]*\/audio\/[^<]*<\/Play>/.test(response?.body ?? '');
  if (error || response.status !== 200 || !plays) {
    console.error(error ?? `/voice plays no Asset: ${response.status} ${response.body}`);
    process.exit(1);
  }
  console.log(ms);
  process.exit();
});
