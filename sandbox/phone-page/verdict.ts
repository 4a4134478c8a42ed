import { type Explanation, explain } from '../../explain';
import type { RequestRow } from './protocol';

export interface RefusedUrl {
  /** As it was signed. */
  readonly presigned: string;
  readonly requested: string;
  readonly at: Date;
  /** The bucket's. */
  readonly region: string;
}

/** What S3 makes of a URL that it refused; undefined where it is no presigned one. */
export function verdictOn({ presigned, requested, at, region }: RefusedUrl): RequestRow['verdict'] {
  const explained = explainUrls(presigned, requested, { now: at, region });
  if (!explained) return undefined;
  const { reason, refusals, notes, parameters } = explained;
  const advice = refusals.flatMap((refusal) => refusal.advice);
  return {
    reason,
    advice: [...new Set(refusals.length > 0 ? advice : notes)],
    added: parameters.added.map(({ name }) => name),
  };
}

function explainUrls(...urls: Parameters<typeof explain>): Explanation | undefined {
  try {
    return explain(...urls);
  } catch (thrown) {
    // It is how `explain` says that a URL is not presigned.
    if (thrown instanceof TypeError) return undefined;
    throw thrown;
  }
}
