import type { CallEvent } from '../../phone';
import { type Account, readCallConfig, type Variables } from '../../src/config';
import { PlayError } from '../../src/errors';
import type { Manifest } from '../../src/manifest';
import { choosePlayable } from '../../src/playback/playback';
import { REASON_WORDS, refusalIn } from '../../src/status/reasons';
import { readManifest } from '../../src/sync/observe';
import { findEnvironment, type Target } from '../../src/twilio/environments';
import { connectServerless } from '../account';
import type { KnownPrompts } from './prompts';

/**
 * The keys of recordings whose words were said in their place. Once a call has been on its fallback
 * URL, words are what is expected.
 */
export function saidInPlace(events: readonly CallEvent[], prompts: KnownPrompts): string[] {
  const fallback = events.findIndex(({ verb }) => verb === 'fallback');
  const keys = events.slice(0, fallback < 0 ? undefined : fallback).flatMap((event) => {
    const isSaid = event.kind === 'verb' && event.verb.endsWith('Say');
    return (isSaid && prompts.keyOfText(event.text)) || [];
  });
  return [...new Set(keys)];
}

export interface SaidOptions {
  readonly origin: string;
  /** Those of this machine: the deployment may have others. */
  readonly variables: Variables;
  /** The live Build's; undefined where it is not known. */
  readonly manifest: Manifest | undefined;
  readonly now: Date;
}

/** Why a deployment says a prompt: chosen as its Functions choose, from what is known here. */
export function whySaid(key: string, options: SaidOptions): string {
  const { origin, variables, manifest, now } = options;
  const reason = refusalIn(manifest, key);
  if (reason !== undefined) return REASON_WORDS[reason];
  const config = readCallConfig({ ...variables, DOMAIN_NAME: new URL(origin).host });
  const playable = choosePlayable(key, { ...config, manifest, now });
  return playable.via === 'say'
    ? playable.reason
    : 'the log of the Functions says why (npx twilio-run logs)';
}

/** The manifest of the live Build; undefined before the first sync, and where it cannot be read. */
export async function readLiveManifest(
  account: Account,
  target: Target,
): Promise<Manifest | undefined> {
  const twilio = connectServerless(account, target.service);
  try {
    const { buildSid } = await findEnvironment(twilio, target);
    return buildSid === undefined
      ? undefined
      : await readManifest(twilio, await twilio.build(buildSid));
  } catch (thrown) {
    if (thrown instanceof PlayError) return undefined;
    throw thrown;
  }
}
