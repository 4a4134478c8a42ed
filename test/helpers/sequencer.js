const { readFileSync } = require('node:fs');
const Sequencer = require('@jest/test-sequencer').default;

/**
 * Begins with the suites that `FULL=1` makes long. By itself Jest orders by the size of files where it
 * has not measured, as in a fresh clone: a matrix of minutes would begin when one core has nothing else
 * to do.
 */
module.exports = class extends Sequencer {
  sort(tests) {
    const isLong = ({ path }) => /\/helpers\/full'/.test(readFileSync(path, 'utf8'));
    const sorted = super.sort(tests);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
};
