/**
 * A private Function without a URL. The voice Functions load it for a call flow that the build did not
 * check: a Function is one file, so what checks a call flow needs a Function of its own.
 */
export { parseCallFlow } from '../src/call-flow/parse';
