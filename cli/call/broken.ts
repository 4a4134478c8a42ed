import type { SendRequest } from '../../phone';

/** Which media are made to fail. */
export type Broken = 'asset' | 'audio' | 'all';

const UNAVAILABLE = {
  status: 503,
  headers: { 'content-type': 'text/plain' },
  body: Buffer.from('broken by --fail'),
};

/** Sends all but the requests for those media, which it answers itself, with 503. */
export function breaking(broken: Broken, send: SendRequest): SendRequest {
  return async (request) => (isBroken(request.url, broken) ? UNAVAILABLE : send(request));
}

/** Whether the URL of a medium is among those that are made to fail. */
export function isBroken(url: string, broken: Broken | undefined): boolean {
  if (broken === undefined) return false;
  const rung = rungOf(url);
  return rung !== undefined && (broken === 'all' || broken === rung);
}

/** What serves a URL of a deployment of this project; undefined for all but its media. */
export function rungOf(url: string): 'asset' | 'audio' | undefined {
  const { pathname } = new URL(url);
  if (pathname === '/audio') return 'audio';
  return pathname.startsWith('/audio/') ? 'asset' : undefined;
}
