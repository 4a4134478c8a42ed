// node .ci/results.js <jest report> <failures file>
// Prints "passed failed" and appends each failure, with the beginning of its message, to the file.
// A suite that cannot be loaded is a failure, and so is a skipped test.
const { appendFileSync, readFileSync } = require('node:fs');

const MESSAGE_LINES = 12;
const [report, failures] = process.argv.slice(2);
const results = JSON.parse(readFileSync(report, 'utf8'));

// biome-ignore lint/suspicious/noControlCharactersInRegex: jest colours its messages.
const plain = (text) => text.replace(/\x1b\[[0-9;]*m/g, '');
const beginning = (text) => plain(text).split('\n').slice(0, MESSAGE_LINES).join('\n');

let failed = 0;
for (const { name, status: suite, message, assertionResults } of results.testResults) {
  const tests = assertionResults.filter(({ status }) => status !== 'passed');
  const told = tests.map(
    ({ fullName, status, failureMessages }) =>
      `${fullName}: ${status}\n${beginning(failureMessages.join('\n'))}`,
  );
  if (suite === 'failed' && assertionResults.length === 0) told.push(beginning(message));
  for (const text of told) appendFileSync(failures, `${name}\n${text}\n\n`);
  failed += told.length;
}
console.log(results.numPassedTests, failed);
