import { GATHER_SECONDS, PAUSE_SECONDS } from '../src/limits';
import type { CallEvent, MediaEvent, VerbEvent } from './events';
import { TELEPHONE_RATE, throughTelephone } from './telephone';

/** Loudness of the tones, from 0 to 1: quieter than speech. */
const TONE_LEVEL = 0.1;
const SAY_HERTZ = 440;
const SAY_SECONDS = 0.4;
const BEEP_HERTZ = 1000;
const BEEP_SECONDS = 0.3;
/** Silence after each tone, so that a listener can tell two in a row apart. */
const GAP_SECONDS = 0.2;

/**
 * A call as a WAV file in the quality of a telephone line.
 *
 * A medium that cannot be decoded is silence for as long as it is known to last; one that failed is
 * nothing. A text that Twilio would say is a short low tone, a message begins with a beep, and a
 * <Gather> without keys is silence for as long as it waits. Keys are pressed when the prompt is over.
 */
export async function recordingOf(events: readonly CallEvent[]): Promise<Buffer> {
  const sounds: Float32Array[] = [];
  for (const event of events) sounds.push(await soundOf(event));
  const whole = new Float32Array(sounds.reduce((total, { length }) => total + length, 0));
  let position = 0;
  for (const sound of sounds) {
    whole.set(sound, position);
    position += sound.length;
  }
  return toWav(whole, TELEPHONE_RATE);
}

async function soundOf(event: CallEvent): Promise<Float32Array> {
  if (event.kind === 'media') return soundOfMedium(event);
  return event.kind === 'verb' ? soundOfVerb(event) : silence(0);
}

async function soundOfMedium(event: MediaEvent): Promise<Float32Array> {
  const { body, errorCode, durationSeconds = 0, loop } = event;
  if (body === undefined || errorCode !== undefined) return silence(0);
  const decoded = await decodeMp3(body);
  const once = decoded ? throughTelephone(decoded.samples, decoded.rate) : silence(durationSeconds);
  // loop=0 repeats without end in a call: one repetition tells what it is.
  return repeated(once, Math.max(1, loop));
}

function soundOfVerb({ verb, attributes, digits }: VerbEvent): Float32Array {
  switch (verb.replace('Gather › ', '')) {
    case 'Say':
      return tone(SAY_HERTZ, SAY_SECONDS);
    case 'Record':
      return tone(BEEP_HERTZ, BEEP_SECONDS);
    case 'Pause':
      return silence(Number(attributes.length ?? PAUSE_SECONDS));
    case 'Gather':
      return silence(digits === '' ? Number(attributes.timeout ?? GATHER_SECONDS) : 0);
    default:
      return silence(0);
  }
}

function silence(seconds: number): Float32Array {
  return new Float32Array(Math.round(seconds * TELEPHONE_RATE));
}

function tone(hertz: number, seconds: number): Float32Array {
  const sounding = seconds * TELEPHONE_RATE;
  const sample = (index: number) =>
    index < sounding ? TONE_LEVEL * Math.sin((2 * Math.PI * hertz * index) / TELEPHONE_RATE) : 0;
  return silence(seconds + GAP_SECONDS).map((_, index) => sample(index));
}

function repeated(sound: Float32Array, times: number): Float32Array {
  const whole = new Float32Array(sound.length * times);
  for (let time = 0; time < times; time += 1) whole.set(sound, time * sound.length);
  return whole;
}

interface Sound {
  /** One channel, from -1 to 1. */
  readonly samples: Float32Array;
  /** Samples a second. */
  readonly rate: number;
}

/**
 * Decodes an MP3; undefined if it is no MP3. The decoder is mpg123, compiled to WebAssembly; it is
 * loaded at the first use.
 */
async function decodeMp3(bytes: Uint8Array): Promise<Sound | undefined> {
  const { MPEGDecoder } = await import('mpg123-decoder');
  const decoder = new MPEGDecoder();
  try {
    await decoder.ready;
    const { channelData, samplesDecoded, sampleRate } = decoder.decode(bytes);
    return samplesDecoded === 0
      ? undefined
      : { samples: mixed(channelData, samplesDecoded), rate: sampleRate };
  } finally {
    decoder.free();
  }
}

function mixed(channels: readonly Float32Array[], length: number): Float32Array {
  return Float32Array.from({ length }, (_, index) => {
    const sum = channels.reduce((total, channel) => total + (channel[index] ?? 0), 0);
    return sum / channels.length;
  });
}

const HEADER_BYTES = 44;
const BYTES_PER_SAMPLE = 2;
const PCM = 1;
const MONO = 1;

/**
 * A WAV file of one channel, 16 bits a sample.
 * http://soundfile.sapp.org/doc/WaveFormat/
 *
 * @param samples from -1 to 1; louder ones are clipped
 * @param rate samples a second
 */
export function toWav(samples: Float32Array, rate: number): Buffer {
  const bytes = samples.length * BYTES_PER_SAMPLE;
  const file = Buffer.alloc(HEADER_BYTES + bytes);
  file.write('RIFF', 0);
  file.writeUInt32LE(HEADER_BYTES - 8 + bytes, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(PCM, 20);
  file.writeUInt16LE(MONO, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * BYTES_PER_SAMPLE, 28);
  file.writeUInt16LE(BYTES_PER_SAMPLE, 32);
  file.writeUInt16LE(BYTES_PER_SAMPLE * 8, 34);
  file.write('data', 36);
  file.writeUInt32LE(bytes, 40);
  samples.forEach((sample, index) => {
    const clipped = Math.max(-1, Math.min(1, sample));
    file.writeInt16LE(Math.round(clipped * 0x7fff), HEADER_BYTES + index * BYTES_PER_SAMPLE);
  });
  return file;
}
