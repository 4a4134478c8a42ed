import { WEBHOOK_CONNECT_MS, WEBHOOK_READ_MS, WEBHOOK_TOTAL_MS } from './limits';

const OVERRIDES = `#ct=${WEBHOOK_CONNECT_MS}&rt=${WEBHOOK_READ_MS}&tt=${WEBHOOK_TOTAL_MS}`;

/**
 * The URL of a webhook with this project's connection overrides. Twilio reads them, and sends no
 * fragment: https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
 *
 * Retries stay at Twilio's default, one more attempt where the connection failed: a Function that hangs
 * would hang again, and the fallback URL is another one.
 *
 * @param url without a fragment
 */
export function withOverrides(url: string): string {
  return url + OVERRIDES;
}

/** The URL as it is requested and signed. */
export function withoutFragment(url: string): string {
  return url.split('#', 1)[0] ?? '';
}

/** The fragment of a URL, with its `#`; empty where there is none. */
export function fragmentOf(url: string): string {
  return url.slice(withoutFragment(url).length);
}
