import type { CallFlow } from '../../src/call-flow/schema';
import { chooseSource, type PlaybackOptions } from '../../src/playback/playback';
import type { PromptObject } from '../../src/s3/prompts';
import { whySilent } from '../../src/status/problems';
import { promptKeys } from '../call-flow';

/** What callers hear of a prompt of the call flow now. */
export interface HeardPrompt {
  readonly key: string;
  readonly as: 'Asset' | 'proxy' | 'words' | 'silence';
  /** Why it is heard as words, or not at all. */
  readonly why?: string;
}

/**
 * How each prompt of the flow is heard, chosen as the deployed Functions choose.
 *
 * @param objects of the bucket; undefined where S3 cannot be asked
 * @param whySaid says why a prompt is said
 */
export function hearPrompts(
  flow: CallFlow,
  options: PlaybackOptions,
  objects: readonly PromptObject[] | undefined,
  whySaid: (key: string) => string,
): HeardPrompt[] {
  const listed = objects && new Map(objects.map((object) => [object.key, object]));
  return [...promptKeys(flow)].map((key) => {
    const source = chooseSource(key, options);
    if (source.via === 'asset') return { key, as: 'Asset' };
    if (source.via === 'say') return { key, as: 'words', why: whySaid(key) };
    const object = listed?.get(key);
    const isAbsent = listed !== undefined && object === undefined;
    const why = isAbsent ? ABSENT : whySilent({ source, object });
    return why === undefined ? { key, as: 'proxy' } : { key, as: 'silence', why };
  });
}

const ABSENT = 'S3 has no such key, and no sync has found that out yet';

/** Keys of the bucket that the flow does not name. */
export function unusedKeys(
  flow: CallFlow,
  objects: readonly Pick<PromptObject, 'key'>[],
): string[] {
  const named = promptKeys(flow);
  return objects.map(({ key }) => key).filter((key) => !named.has(key));
}
