/** Where the call flow lies in the project. */
export const CALL_FLOW_FILE = 'assets/call-flow.private.json';

/** Path of the private Asset that the toolkit makes of it. */
export const CALL_FLOW_ASSET = '/call-flow.json';
