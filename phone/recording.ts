import { GATHER_SECONDS, PAUSE_SECONDS, TELEPHONE_RATE } from '../src/limits';
import type { CallEvent, MediaEvent, VerbEvent } from './events';
import { throughTelephone } from './telephone';

/** Loudness of the tones, from 0 to 1: quieter than speech. */
const TONE_LEVEL = 0.1;
const SAY_HERTZ = 440;
const SAY_SECONDS = 0.4;
const BEEP_HERTZ = 1000;
const BEEP_SECONDS = 0.3;
/** Silence after each tone, so that a listener can tell two in a row apart. */
const GAP_SECONDS = 0.2;

/** A call as a caller hears it. */
export interface Recording {
  readonly wav: Buffer;
  /** Media that are silence in it, because they cannot be decoded here: a caller hears them. */
  readonly notDecoded: readonly MediaEvent[];
}

/**
 * Records a call as a WAV file in the quality of a telephone line.
 *
 * A medium that cannot be decoded is silence for as long as it is known to last; one that failed is
 * nothing. A text that Twilio would say is a short low tone, a message begins with a beep, and a
 * <Gather> without keys is silence for as long as it waits. Keys are pressed when the prompt is over.
 *
 * @param heardSeconds how long an event was heard that a key cut short
 */
export async function recordingOf(
  events: readonly CallEvent[],
  heardSeconds: ReadonlyMap<CallEvent, number> = new Map(),
): Promise<Recording> {
  const sounds: Float32Array[] = [];
  const notDecoded: MediaEvent[] = [];
  for (const event of events) {
    let sound = await soundOf(event);
    if (!sound && event.kind === 'media') {
      notDecoded.push(event);
      sound = silence((event.durationSeconds ?? 0) * Math.max(1, event.loop));
    }
    const seconds = heardSeconds.get(event) ?? Number.POSITIVE_INFINITY;
    if (sound) sounds.push(sound.subarray(0, Math.round(seconds * TELEPHONE_RATE)));
  }
  const whole = new Float32Array(sounds.reduce((total, { length }) => total + length, 0));
  let position = 0;
  for (const sound of sounds) {
    whole.set(sound, position);
    position += sound.length;
  }
  return { wav: toWav(whole, TELEPHONE_RATE), notDecoded };
}

/** Undefined for a medium that cannot be decoded. */
async function soundOf(event: CallEvent): Promise<Float32Array | undefined> {
  if (event.kind === 'media') return soundOfMedium(event);
  return event.kind === 'verb' ? soundOfVerb(event) : silence(0);
}

async function soundOfMedium(event: MediaEvent): Promise<Float32Array | undefined> {
  const { body, errorCode, contentType, loop } = event;
  if (body === undefined || errorCode !== undefined) return silence(0);
  const decoded = await decode(body, contentType);
  if (!decoded) return undefined;
  // loop=0 repeats without end in a call: one repetition tells what it is.
  return repeated(throughTelephone(decoded.samples, decoded.rate), Math.max(1, loop));
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

/** Decodes a medium by its first bytes, and raw µ-law by its type; undefined if it cannot be decoded. */
async function decode(bytes: Uint8Array, contentType = ''): Promise<Sound | undefined> {
  try {
    switch (Buffer.from(bytes.subarray(0, 4)).toString('latin1')) {
      case 'RIFF':
        return await decodeWav(bytes);
      case 'FORM':
        return soundFrom((await import('@audio/decode-aiff')).default(bytes));
      default:
        return /^audio\/ulaw\b/i.test(contentType)
          ? await decodeWav(
              Buffer.concat([wavHeader(MU_LAW, 1, TELEPHONE_RATE, bytes.length), bytes]),
            )
          : await decodeMp3(bytes);
    }
  } catch {
    return undefined;
  }
}

async function decodeWav(bytes: Uint8Array): Promise<Sound | undefined> {
  return soundFrom((await import('@audio/decode-wav')).default(bytes));
}

/** The decoder is mpg123, compiled to WebAssembly. As the others it is loaded at the first use. */
async function decodeMp3(bytes: Uint8Array): Promise<Sound | undefined> {
  const { MPEGDecoder } = await import('mpg123-decoder');
  const decoder = new MPEGDecoder();
  try {
    await decoder.ready;
    return soundFrom(decoder.decode(bytes));
  } finally {
    decoder.free();
  }
}

interface Decoded {
  readonly channelData: readonly Float32Array[];
  readonly sampleRate: number;
}

/** Undefined where there are no samples. */
function soundFrom({ channelData, sampleRate }: Decoded): Sound | undefined {
  const length = channelData[0]?.length ?? 0;
  return length === 0 ? undefined : { samples: mixed(channelData, length), rate: sampleRate };
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
const MU_LAW = 7;
const MONO = 1;

/**
 * A WAV file of one channel, 16 bits a sample.
 *
 * @param samples from -1 to 1; louder ones are clipped
 * @param rate samples a second
 */
export function toWav(samples: Float32Array, rate: number): Buffer {
  const data = Buffer.alloc(samples.length * BYTES_PER_SAMPLE);
  samples.forEach((sample, index) => {
    const clipped = Math.max(-1, Math.min(1, sample));
    data.writeInt16LE(Math.round(clipped * 0x7fff), index * BYTES_PER_SAMPLE);
  });
  return Buffer.concat([wavHeader(PCM, BYTES_PER_SAMPLE, rate, data.length), data]);
}

/** http://soundfile.sapp.org/doc/WaveFormat/ */
function wavHeader(format: number, bytesPerSample: number, rate: number, bytes: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('RIFF', 0);
  header.writeUInt32LE(HEADER_BYTES - 8 + bytes, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(format, 20);
  header.writeUInt16LE(MONO, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * bytesPerSample, 28);
  header.writeUInt16LE(bytesPerSample, 32);
  header.writeUInt16LE(bytesPerSample * 8, 34);
  header.write('data', 36);
  header.writeUInt32LE(bytes, 40);
  return header;
}
