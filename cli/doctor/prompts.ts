import type { CallFlow } from '../../src/call-flow/schema';
import { ASSET_BYTES, PROXY_BYTES } from '../../src/limits';
import { S3Error } from '../../src/s3/errors';
import type { PromptBucket, PromptObject } from '../../src/s3/prompts';
import { type AudioType, audioTypeOf } from '../../src/sync/audio-type';
import { withBucket } from '../bucket';
import { promptKeys } from '../call-flow';
import { missingPromptsOf, missingSentence } from '../deploy/missing-prompts';
import { formatBytes, formatCount } from '../format';
import { listing, readable } from './bucket';
import { both, check, type Finding, fail, from, ok, type Result, skipped, warn } from './check';
import { callFlow, configuration } from './configuration';

/** Checks of the recordings that the call flow names. */

export const present = check(
  'prompts',
  both(both(from(configuration), from(callFlow)), from(listing)),
  ([[{ s3 }, flow], objects]) => judgePresence(flow, objects, s3.prefix),
);

/** @returns the objects of the bucket that the flow names */
function judgePresence(
  flow: CallFlow,
  objects: readonly PromptObject[],
  prefix: string,
): Result<readonly PromptObject[]> {
  const named = promptKeys(flow);
  const found = objects.filter(({ key }) => named.has(key));
  const keys = objects.map(({ key }) => key);
  const effect = 'callers hear its text, after the next sync at the latest';
  const missing = missingPromptsOf(flow, keys, prefix).map((prompt) =>
    missingSentence(prompt, prefix, effect),
  );
  if (missing.length > 0) return fail(shortened(missing), found);
  return ok(`the bucket has all ${named.size} that the call flow names`, found);
}

/** Objects that are read at once: 4 MB each at most. */
const CONCURRENT_READS = 4;

/** What the bytes of a prompt are; or why they did not come. */
type Heard = { readonly key: string } & (
  | { readonly type: AudioType }
  | { readonly problem: string }
);

export const playable = check(
  'playable',
  // Where no object can be read, one line says so, not one for each prompt.
  both(from(configuration), both(from(readable), from(present))),
  async ([config, [, objects]]) => {
    const small = objects.filter(({ size }) => size <= PROXY_BYTES);
    if (small.length === 0) return skipped('There is no prompt to read.');
    return judgePlayable(await withBucket(config, (bucket) => readAll(bucket, small)));
  },
);

async function readAll(
  bucket: PromptBucket,
  objects: readonly PromptObject[],
): Promise<readonly Heard[]> {
  const left = objects[Symbol.iterator]();
  const heard: Heard[] = [];
  const read = async () => {
    // All readers share the iterator.
    for (const object of left) heard.push(await readOne(bucket, object));
  };
  await Promise.all(Array.from({ length: CONCURRENT_READS }, read));
  return heard;
}

async function readOne(bucket: PromptBucket, object: PromptObject): Promise<Heard> {
  const { key } = object;
  try {
    return { key, type: await audioTypeOf(await bucket.fetch(object)) };
  } catch (thrown) {
    if (!(thrown instanceof S3Error)) throw thrown;
    return { key, problem: thrown.message };
  }
}

/** How many problems are shown. */
const SHOWN = 5;

export function judgePlayable(heard: readonly Heard[]): Finding {
  const silent = heard.flatMap((prompt) => {
    if ('problem' in prompt) return prompt.problem;
    if (prompt.type !== 'not audio') return [];
    return `${prompt.key} is not audio that Twilio plays (MP3, WAV or AIFF): callers hear its text, after the next sync at the latest. Replace it.`;
  });
  if (silent.length > 0) return fail(shortened(silent));
  const unsure = heard.filter((prompt) => 'type' in prompt && prompt.type === 'not recognised');
  if (unsure.length > 0) {
    const lines = unsure.map(
      ({ key }) =>
        `${key} was not recognised as MP3, WAV or AIFF: the proxy plays it if its Content-Type is audio.`,
    );
    return warn(shortened(lines));
  }
  return ok(`${formatCount(heard.length, 'recording')}, by their bytes`);
}

function shortened(lines: readonly string[]): string {
  const more = lines.length - SHOWN;
  return [...lines.slice(0, SHOWN), ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

export const promptSizes = check('prompt sizes', from(present), (objects) =>
  judgePromptSizes(objects),
);

export function judgePromptSizes(objects: readonly Pick<PromptObject, 'key' | 'size'>[]): Finding {
  const described = (object: Pick<PromptObject, 'key' | 'size'>) =>
    `${object.key} (${formatBytes(object.size)})`;
  const tooLarge = objects.filter(({ size }) => size > ASSET_BYTES);
  if (tooLarge.length > 0) {
    return fail(
      `An Asset has ${formatBytes(ASSET_BYTES)} at most, so callers hear the text of ${tooLarge.map(described).join(', ')}. Make it smaller.`,
    );
  }
  const forAssets = objects.filter(({ size }) => size > PROXY_BYTES);
  if (forAssets.length > 0) {
    return warn(
      `The proxy carries ${formatBytes(PROXY_BYTES)} at most, so callers hear the text of ${forAssets.map(described).join(', ')} until a sync has made it an Asset. Make it smaller.`,
    );
  }
  const largest = Math.max(0, ...objects.map(({ size }) => size));
  return ok(`${formatBytes(largest)} at most; the proxy carries ${formatBytes(PROXY_BYTES)}`);
}
