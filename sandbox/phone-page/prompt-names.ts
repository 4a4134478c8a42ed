import { knownPrompts } from '../../cli/call/prompts';
import { mediaSource, nameOf } from '../../cli/call/table';
import type { CallFlow } from '../../src/call-flow/schema';
import { promptsOf } from '../../src/call-flow/steps';
import { parseUrl } from '../../src/url';
import { type Built, syncedPaths } from '../inspector';

/** What a person calls a medium, and what it says. */
export interface NamedMedium {
  /** S3 key, or host and path. */
  readonly name: string;
  readonly words?: string;
  readonly language?: string;
}

export interface PromptNames {
  /** The S3 key of what a URL plays. */
  keyOf(url: string): string | undefined;
  /** @param key where it is known */
  describe(url: string, key: string | undefined): NamedMedium;
  /** The key of the recording that has these words. */
  keyOfText(text: string): string | undefined;
}

/** The names of what a deployment plays: those of its live Build, and of the call flow. */
export function promptNames(flow: CallFlow, sandbox: Built): PromptNames {
  const known = knownPrompts(flow);
  const prompts = [...promptsOf(flow)].map(({ prompt }) => prompt);
  return {
    keyOf(url) {
      const { pathname, searchParams, origin } = parseUrl(url) ?? {};
      if (origin !== sandbox.publicOrigin) return undefined;
      if (mediaSource(url) === 'audio') return searchParams?.get('key') ?? undefined;
      return [...syncedPaths(sandbox)].find(([, path]) => path === pathname)?.[0];
    },
    describe(url, key) {
      const prompt = prompts.find((each) => each.key !== undefined && each.key === key);
      return {
        name: key ?? nameOf(url, known),
        words: prompt?.text,
        language: prompt && (prompt.language ?? flow.language),
      };
    },
    keyOfText: known.keyOfText,
  };
}
