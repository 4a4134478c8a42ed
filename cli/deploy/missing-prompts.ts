import { missingPrompts } from '../../src/call-flow/parse';
import type { CallFlow } from '../../src/call-flow/schema';
import { suggestionSentence, suggestKey } from '../../src/sync/suggestion';
import { formatCount, oneLine } from '../format';

/** More lines would hide what comes after them. */
const SHOWN = 10;

/** A prompt that the call flow names and the bucket lacks. */
export interface MissingPrompt {
  readonly key: string;
  /** Where the flow names it. */
  readonly at: string;
  /** A sentence about the key that was most likely meant. */
  readonly suggestion?: string;
}

/**
 * @param keys of the bucket under the prefix
 * @param prefix S3_PREFIX
 */
export function missingPromptsOf(
  flow: CallFlow,
  keys: readonly string[],
  prefix: string,
): MissingPrompt[] {
  return missingPrompts(flow, new Set(keys)).map(({ at, prompt: { key = '' } }) => {
    const suggested = suggestKey(key, keys, prefix);
    if (suggested === undefined) return { key, at };
    return { key, at, suggestion: suggestionSentence(key, suggested) };
  });
}

/** @param effect what callers hear, such as `callers hear its text` */
export function missingSentence(
  { key, at, suggestion }: MissingPrompt,
  prefix: string,
  effect: string,
): string {
  const where = prefix === '' ? '' : ` under ${prefix}`;
  const sentence = `The bucket has no ${key}${where}, which the call flow names in ${at}: ${effect}.`;
  return suggestion === undefined ? sentence : `${sentence} ${suggestion}`;
}

/**
 * A line for each prompt that the call flow names and the bucket lacks.
 *
 * @param keys of the bucket under the prefix
 * @param prefix S3_PREFIX
 */
export function missingPromptLines(
  flow: CallFlow,
  keys: readonly string[],
  prefix: string,
): string {
  const missing = missingPromptsOf(flow, keys, prefix);
  const lines = missing
    .slice(0, SHOWN)
    .map((prompt) => missingSentence(prompt, prefix, 'callers hear its text'));
  const more = missing.length - lines.length;
  if (more > 0) lines.push(`It lacks ${formatCount(more, 'more prompt')} of the call flow.`);
  return lines.map((line) => `${oneLine(line)}\n`).join('');
}
