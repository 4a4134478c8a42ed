import type { CallEvent } from '../../phone';
import { servedBy } from '../inspector';

/** By what a caller hears something. */
export type Source = 'Asset' | 'proxy' | 'words';

/** What a step of a call is for its caller; undefined where the step makes no sound. */
export type Sound =
  | { readonly source: Source }
  | { readonly silence: string; readonly lostAsset: boolean };

/**
 * What a caller hears in a step of a call. A webhook that fails is no silence yet: the fallback URL is
 * asked, and the caller waits.
 */
export function soundOf(event: CallEvent): Sound | undefined {
  switch (event.kind) {
    case 'webhook':
      return undefined;
    case 'verb':
      return /\bSay$/.test(event.verb) ? { source: 'words' } : undefined;
    case 'media': {
      const served = servedBy(event);
      if (event.errorCode === undefined && served !== 'presigned URL') return { source: served };
      const silence = event.errorMessage ?? `a ${served} was played`;
      return { silence, lostAsset: served === 'Asset' && event.status === 404 };
    }
  }
}

/** How long a caller waited for a step. */
export function waitOf(event: CallEvent): number {
  return event.kind === 'verb' ? 0 : event.milliseconds;
}
