import { CACHE_SECONDS, STALE_IF_ERROR_SECONDS } from '../limits';

/** What an object's own Cache-Control says: https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2 */
interface Directives {
  says(name: string): boolean;
  /** The shortest of max-age and s-maxage; infinite without one. */
  readonly maxAgeSeconds: number;
}

/** Of most objects. */
const NO_DIRECTIVES: Directives = {
  says: () => false,
  maxAgeSeconds: Number.POSITIVE_INFINITY,
};

function directivesIn(cacheControl: string | undefined): Directives {
  if (cacheControl === undefined) return NO_DIRECTIVES;
  const directives = cacheControl.toLowerCase().split(/\s*,\s*/);
  const maxAges = directives.flatMap((directive) => {
    const [, seconds] = /^(?:s-maxage|max-age)="?(\d+)"?$/.exec(directive) ?? [];
    return seconds === undefined ? [] : [Number(seconds)];
  });
  return {
    says: (name) => directives.some((directive) => directive.split('=')[0] === name),
    maxAgeSeconds: Math.min(Number.POSITIVE_INFINITY, ...maxAges),
  };
}

/** Directives that only shorten how long a response is kept. */
const RESTRICTIONS = ['no-cache', 'private', 'must-revalidate'];

/**
 * The Cache-Control that Twilio gets: CACHE_SECONDS, or shorter where the object's own says so. The
 * proxy's URL of a key stays the same for hours, so a longer time would keep a replaced prompt alive.
 */
export function cacheControlFor(objects: string | undefined): string {
  const { says, maxAgeSeconds } = directivesIn(objects);
  if (says('no-store')) return 'no-store';
  const seconds = Math.min(CACHE_SECONDS, maxAgeSeconds);
  return [...RESTRICTIONS.filter(says), `max-age=${seconds}`].join(', ');
}

/** How long an object may be served from memory. */
export interface Freshness {
  /** Without a request to S3. */
  readonly freshMs: number;
  /** After that, while S3 is unreachable or overloaded. */
  readonly staleIfErrorMs: number;
}

/**
 * An object is fresh for as long as is configured, or shorter if its own Cache-Control says so.
 *
 * @returns undefined when it must not be stored
 */
export function freshnessOf(
  objects: string | undefined,
  freshSeconds: number,
): Freshness | undefined {
  const { says, maxAgeSeconds } = directivesIn(objects);
  if (says('no-store')) return undefined;
  return {
    freshMs: says('no-cache') ? 0 : Math.min(freshSeconds, maxAgeSeconds) * 1000,
    staleIfErrorMs: says('must-revalidate') ? 0 : STALE_IF_ERROR_SECONDS * 1000,
  };
}
