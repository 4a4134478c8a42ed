/** How long an object may be answered from memory, in milliseconds. */
export interface Freshness {
  /** Without asking S3. */
  readonly fresh: number;
  /** After that, while S3 cannot be asked. */
  readonly stale: number;
}

const STALE = 3_600_000;

/**
 * Decides how long an object is kept: for as long as is configured, and shorter where the object's
 * own Cache-Control says so.
 *
 * https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2
 *
 * @returns undefined when it must not be kept
 */
export function freshnessOf(
  cacheControl: string | undefined,
  seconds: number,
): Freshness | undefined {
  const directives = (cacheControl ?? '').toLowerCase().split(/\s*,\s*/);
  const says = (name: string) => directives.some((directive) => directive.split('=')[0] === name);
  if (says('no-store')) return undefined;
  const ages = directives.flatMap((directive) => {
    const [, age] = /^(?:s-maxage|max-age)="?(\d+)"?$/.exec(directive) ?? [];
    return age === undefined ? [] : [Number(age)];
  });
  return {
    fresh: says('no-cache') ? 0 : Math.min(seconds, ...ages) * 1000,
    stale: says('must-revalidate') ? 0 : STALE,
  };
}
