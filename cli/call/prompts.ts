import type { CallFlow } from '../../src/call-flow/schema';
import { layOut, promptsOf } from '../../src/call-flow/steps';
import { isPathOf } from '../../src/sync/asset-path';

/**
 * The prompts of a call flow. A deployment may have another flow: its prompts are known only where
 * they are the same.
 */
export interface KnownPrompts {
  /** The key of the recording that an Asset holds. */
  keyOfAsset(path: string): string | undefined;
  /** The words of the recording that a medium's URL plays: it names the step of the flow. */
  textOfMedium(url: string): string | undefined;
  /** The key of the recording that has these words; undefined for words without one. */
  keyOfText(text: string): string | undefined;
}

/** @param flow undefined where there is none: then nothing is known */
export function knownPrompts(flow: CallFlow | undefined): KnownPrompts {
  const prompts = flow ? [...promptsOf(flow)].map(({ prompt }) => prompt) : [];
  const steps = flow ? layOut(flow).steps : new Map();
  const keys = new Set(prompts.flatMap(({ key }) => key ?? []));
  return {
    keyOfAsset: (path) => [...keys].find((key) => isPathOf(key, path)),
    textOfMedium(url) {
      const step = steps.get(new URL(url).searchParams.get('at') ?? '');
      return step && 'prompt' in step ? step.prompt?.text : undefined;
    },
    keyOfText(text) {
      const same = prompts.filter((prompt) => prompt.text.trim() === text.trim());
      return same.every(({ key }) => key !== undefined) ? same[0]?.key : undefined;
    },
  };
}
