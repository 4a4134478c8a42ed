import { MANIFEST_FUNCTION } from '../../src/manifest';
import { parseUrl } from '../../src/url';
import type { Routing } from '../number';

/** Whether a Service is this project's deployment, judged by the Functions that it has. */
export interface Ownership {
  readonly isOurs: boolean;
  /** Names of Functions that this project does not have. */
  readonly foreign: readonly string[];
}

/**
 * @param names of the Service's Functions, as the toolkit gives them: /voice
 * @param own names of the project's Functions
 */
export function ownershipOf(names: readonly string[], own: readonly string[]): Ownership {
  const foreign = names.filter((name) => !own.includes(name) && name !== MANIFEST_FUNCTION);
  const hasOwn = names.some((name) => own.includes(name));
  return { isOurs: hasOwn && foreign.length === 0, foreign };
}

/** The name that the toolkit gives a Function: /voice of voice.protected.ts. */
export function functionNameOf(file: string): string {
  return `/${file.replaceAll('\\', '/').replace(/(\.(protected|private))?\.[jt]s$/, '')}`;
}

/**
 * Where calls to a number go without the URLs of some domains; undefined where it has none of them.
 * An application or a trunk stays: it takes the calls, whatever the URLs are.
 */
export function routingWithout(domains: readonly string[], before: Routing): Routing | undefined {
  const isGone = (url: string) => domains.includes(parseUrl(url)?.host ?? '');
  if (isGone(before.voiceUrl)) {
    // Twilio takes no fallback URL without a voice URL: https://www.twilio.com/docs/api/errors/21405
    return { ...before, voiceUrl: '', voiceFallbackUrl: '' };
  }
  return isGone(before.voiceFallbackUrl) ? { ...before, voiceFallbackUrl: '' } : undefined;
}
