import { TELEPHONE_HERTZ_MAX, TELEPHONE_HERTZ_MIN, TELEPHONE_RATE } from '../../src/limits';
import { throughMulaw } from './mulaw';
import { wavOf } from './wav';

/**
 * A recording as a telephone carries it: one channel, 8,000 samples a second, 300 to 3,400 Hz, µ-law.
 *
 * @returns a WAV file
 * @throws {DOMException} when the browser cannot decode it
 */
export async function asPhoneHears(recording: ArrayBuffer): Promise<Blob> {
  // The context decides to which rate the browser decodes.
  const decoded = await new OfflineAudioContext(1, 1, TELEPHONE_RATE).decodeAudioData(recording);
  const context = new OfflineAudioContext(1, decoded.length, TELEPHONE_RATE);
  const source = new AudioBufferSourceNode(context, { buffer: decoded });
  source
    .connect(new BiquadFilterNode(context, { type: 'highpass', frequency: TELEPHONE_HERTZ_MIN }))
    .connect(new BiquadFilterNode(context, { type: 'lowpass', frequency: TELEPHONE_HERTZ_MAX }))
    .connect(context.destination);
  source.start();
  const heard = await context.startRendering();
  const samples = throughMulaw(heard.getChannelData(0));
  return new Blob([wavOf(samples, TELEPHONE_RATE)], { type: 'audio/wav' });
}
