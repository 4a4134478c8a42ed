/** Where the call flow lies in the project. */
export const CALL_FLOW_FILE = 'assets/call-flow.private.json';

/** Path of the private Asset that the toolkit makes of it. */
export const CALL_FLOW_ASSET = '/call-flow.json';

/** Some editors begin a file with a byte order mark, which `JSON.parse` refuses. */
export function withoutByteOrderMark(text: string): string {
  return text.replace(/^\uFEFF/, '');
}
