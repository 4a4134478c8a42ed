import { throughMulaw } from './mulaw';
import { wavOf } from './wav';

/** What a telephone call carries: samples a second, and the band in Hz. https://www.itu.int/rec/T-REC-G.711 */
const PHONE_RATE = 8000;
const BAND_FROM = 300;
const BAND_TO = 3400;

/**
 * A recording as a telephone carries it: one channel, 8,000 samples a second, 300 to 3,400 Hz, µ-law.
 *
 * @returns a WAV file
 * @throws {DOMException} when the browser cannot decode it
 */
export async function asPhoneHears(recording: ArrayBuffer): Promise<Blob> {
  // The context decides to which rate the browser decodes.
  const decoded = await new OfflineAudioContext(1, 1, PHONE_RATE).decodeAudioData(recording);
  const context = new OfflineAudioContext(1, decoded.length, PHONE_RATE);
  const source = new AudioBufferSourceNode(context, { buffer: decoded });
  source
    .connect(new BiquadFilterNode(context, { type: 'highpass', frequency: BAND_FROM }))
    .connect(new BiquadFilterNode(context, { type: 'lowpass', frequency: BAND_TO }))
    .connect(context.destination);
  source.start();
  const heard = await context.startRendering();
  const samples = throughMulaw(heard.getChannelData(0));
  return new Blob([wavOf(samples, PHONE_RATE)], { type: 'audio/wav' });
}
