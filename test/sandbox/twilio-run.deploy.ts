import { describeLocalStart } from '../helpers/sandbox/local-start';

const program = require.resolve('twilio-run/bin/twilio-run.js');

describeLocalStart('npx twilio-run start', [program, 'start'], (HOME) => ({ HOME }));
