import type { Manifest } from '../manifest';
import type { Past } from './history';

export interface Since {
  readonly at: Date;
  /** Whether it may be longer: Twilio has deleted the Builds before. */
  readonly atLeast: boolean;
}

/**
 * Since when callers get a prompt as the live Build gives it: from the same Asset, or from none.
 *
 * @returns undefined where nothing tells what is live
 */
export function sinceWhen(key: string, { deployments, builds }: Past): Since | undefined {
  const wayIn = (buildSid: string | undefined) => {
    const past = builds.get(buildSid ?? '');
    return past && wayOf(key, past.manifest);
  };
  const [live, ...earlier] = deployments;
  const way = wayIn(live?.buildSid);
  if (live === undefined || way === undefined) return undefined;
  let at = live.createdAt;
  for (const { buildSid, createdAt } of earlier) {
    const before = wayIn(buildSid);
    if (before !== way) return { at, atLeast: buildSid !== undefined && before === undefined };
    at = createdAt;
  }
  return { at, atLeast: false };
}

/** How a Build gives a prompt to callers: its Asset's path, `words` or `proxy`. */
function wayOf(key: string, manifest: Manifest | undefined): string {
  return manifest?.paths.get(key) ?? (manifest?.refused.get(key)?.unplayable ? 'words' : 'proxy');
}
