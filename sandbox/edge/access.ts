import type { IncomingMessage } from 'node:http';
import { parse } from 'node:querystring';
import { validateRequest, validateRequestWithBody } from 'twilio/lib/webhooks/webhooks';

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** `http` for a loopback name, `https` for all others. */
export function schemeOf(domainName: string): 'http' | 'https' {
  return LOOPBACK.test(domainName) ? 'http' : 'https';
}

/**
 * Whether X-Twilio-Signature fits the URL on our domain and, for a form, its parameters. A JSON
 * body is signed through `bodySHA256` in the query.
 * https://www.twilio.com/docs/usage/security#validating-requests
 */
export function isSigned(
  request: IncomingMessage,
  body: Buffer,
  options: { readonly authToken: string; readonly domainName: string },
): boolean {
  const signature = request.headers['x-twilio-signature'];
  if (typeof signature !== 'string') return false;
  const url = `${schemeOf(options.domainName)}://${options.domainName}${request.url ?? ''}`;
  if (isForm(request)) {
    // maxKeys 0: all of them; the default stops at 1,000.
    const parameters = parse(body.toString('utf8'), '&', '=', { maxKeys: 0 });
    return validateRequest(options.authToken, signature, url, parameters);
  }
  return body.length > 0
    ? validateRequestWithBody(options.authToken, signature, url, body.toString('utf8'))
    : validateRequest(options.authToken, signature, url, {});
}

function isForm(request: IncomingMessage): boolean {
  const type = request.headers['content-type'] ?? '';
  return /^application\/x-www-form-urlencoded\b/i.test(type);
}
