import type { HttpRequest } from '../../phone';

/**
 * A command line that sends a request again. It holds the real URL and the real signature, as otherwise
 * it would not work.
 *
 * @param isAudio then the headers are printed, and not the body
 */
export function curlOf({ method, url, headers, body }: HttpRequest, isAudio: boolean): string {
  const sent = Object.entries(headers)
    .filter(([name]) => name.toLowerCase() !== 'content-length')
    .map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  return [
    isAudio ? 'curl -sS -D - -o /dev/null' : 'curl -sSi',
    // The URL as it is: no globbing, and dot segments stay.
    '--globoff --path-as-is',
    ...(method === 'POST' ? ['-X POST'] : []),
    ...sent,
    ...(body === undefined ? [] : [`--data-raw ${quoted(body)}`]),
    quoted(url),
  ].join(' ');
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
