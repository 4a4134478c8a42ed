import type { Page } from 'playwright-core';

export interface Loudness {
  readonly seconds: number;
  /** The root of the mean square, where 1 is the loudest. */
  readonly loudness: number;
}

/** How long a sound is, and how loud, as the browser decodes it. */
export function loudnessOf(page: Page, bytes: Buffer): Promise<Loudness> {
  return page.evaluate(async (base64) => {
    const { buffer } = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const decoded = await new OfflineAudioContext(1, 1, 48_000).decodeAudioData(buffer);
    const samples = decoded.getChannelData(0);
    const sum = samples.reduce((total, sample) => total + sample * sample, 0);
    return { seconds: decoded.duration, loudness: Math.sqrt(sum / samples.length) };
  }, bytes.toString('base64'));
}
