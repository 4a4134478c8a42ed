import { TwilioError } from './errors';

/** An http(s) URL split, not normalised: what is requested is what was written. */
export interface RawUrl {
  readonly protocol: 'http:' | 'https:';
  /** Without the brackets of an IPv6 address. */
  readonly hostname: string;
  readonly port: string | undefined;
  /** Path and query, without the fragment, which is never sent. */
  readonly target: string;
}

const URL_PARTS =
  /^(https?):\/\/(\[[0-9a-f:.]+\]|[^\s/?#:@[\]]+)(?::(\d{1,5}))?(\/[^?#]*)?(\?[^#]*)?(?:#.*)?$/i;

/**
 * Splits an absolute URL without touching its bytes. WHATWG's `URL` would collapse dot segments
 * and encode some characters, and what it then asks for is not what was signed.
 * @throws TwilioError 11100, https://www.twilio.com/docs/api/errors/11100
 */
export function splitUrl(url: string): RawUrl {
  const parts = /^[\x21-\x7e]*$/.test(url) && URL_PARTS.exec(url);
  if (!parts) throw new TwilioError(11100, `Invalid URL format: ${describeUrl(url)}`);
  const [, scheme = '', host = '', port, path = '/', query = ''] = parts;
  return {
    protocol: scheme.toLowerCase() === 'https' ? 'https:' : 'http:',
    hostname: host.replace(/^\[|\]$/g, ''),
    port,
    target: path + query,
  };
}

/** Adds a query to a URL, with `&` when it has one and `?` otherwise. */
export function appendQuery(url: string, query: string): string {
  const [address = ''] = url.split('#', 1);
  return query === '' ? url : `${address}${address.includes('?') ? '&' : '?'}${query}`;
}

/** The query of a URL, without `?`; empty when it has none. */
export function queryOf(url: string): string {
  const [address = ''] = url.split('#', 1);
  const start = address.indexOf('?');
  return start < 0 ? '' : address.slice(start + 1);
}

/**
 * What a URL in a document at `base` means. An absolute one stays as it is, to the byte, and so
 * does `base` when the reference is empty.
 * @throws TwilioError 11100 for a relative one in a document that has no URL
 */
export function resolveUrl(reference: string, base: string | undefined): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(reference)) return reference;
  if (reference === '' && base !== undefined) return base;
  if (base === undefined || !URL.canParse(reference, base)) {
    throw new TwilioError(11100, `Invalid URL format: ${describeUrl(reference)}`);
  }
  return new URL(reference, base).href;
}

/** A URL for a message: without its query, where signatures are, and not too long. */
export function describeUrl(url: string): string {
  const [path = ''] = url.split(/[?#]/, 1);
  return `"${path.slice(0, 200)}"`;
}
