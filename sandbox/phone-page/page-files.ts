import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import send from 'send';
import { PROJECT_DIRECTORY } from '../../cli/project';
import { sendText } from '../edge/responses';

/** Where the build puts the phone page. */
export const PAGE_FOLDER = join(PROJECT_DIRECTORY, '.twilioserverless', 'phone-page');

/** Nothing comes from elsewhere, and no other site shows the page in a frame. */
const PAGE_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
};

export function setPageHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(PAGE_HEADERS)) response.setHeader(name, value);
}

/** Sends a file of the built page: `/` is index.html, and `/phone/<name>` any other. */
export function sendPageFile(
  folder: string,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const name = path === '/' ? 'index.html' : path.slice('/phone/'.length);
  const refuse = (status: number) => {
    const text =
      path === '/' ? 'The phone page is not built: run npm run build.' : 'There is no such page.';
    if (response.headersSent) response.destroy();
    else sendText(response, status, text);
  };
  send(request, name, { root: folder, index: false, dotfiles: 'deny', cacheControl: false })
    .on('error', ({ status = 500 }) => refuse(status))
    .on('directory', () => refuse(404))
    .pipe(response);
}
