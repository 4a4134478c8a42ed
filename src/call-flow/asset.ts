/** Path of the private Asset that holds the call flow: assets/call-flow.private.json */
export const CALL_FLOW_ASSET = '/call-flow.json';
