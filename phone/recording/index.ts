import type { MediaStep, Step, VerbStep } from '../types';
import { decodeMp3 } from './decode';
import { TELEPHONE_RATE, throughTelephone } from './telephone';
import { toWav } from './wav';

/** Loudness of the tones, from 0 to 1: quieter than speech. */
const TONE_LEVEL = 0.1;
const SAY_HERTZ = 440;
const SAY_SECONDS = 0.4;
const BEEP_HERTZ = 1000;
const BEEP_SECONDS = 0.3;
/** After each tone, so that one in a row can be told from the next. */
const GAP_SECONDS = 0.2;
/** Seconds that a <Gather> waits, and that a <Pause> lasts, unless they say otherwise. */
const GATHER_SECONDS = 5;
const PAUSE_SECONDS = 1;

/**
 * What the caller hears, as a WAV file in the quality of a telephone line.
 *
 * Media are what they are; one that failed, or that cannot be decoded, is silence as long as it is
 * known to last. A text that Twilio would say is a short low tone, since nobody here can speak it;
 * a message is recorded after a beep; a caller who presses nothing hears silence for as long as
 * the <Gather> waits. A key is pressed when the prompt is over.
 */
export async function recordingOf(steps: readonly Step[]): Promise<Buffer> {
  const sounds: Float32Array[] = [];
  for (const step of steps) sounds.push(await soundOf(step));
  const whole = new Float32Array(sounds.reduce((total, { length }) => total + length, 0));
  let position = 0;
  for (const sound of sounds) {
    whole.set(sound, position);
    position += sound.length;
  }
  return toWav(whole, TELEPHONE_RATE);
}

async function soundOf(step: Step): Promise<Float32Array> {
  if (step.kind === 'media') return mediumOf(step);
  return step.kind === 'verb' ? verbOf(step) : silence(0);
}

async function mediumOf(step: MediaStep): Promise<Float32Array> {
  const { body, errorCode, durationSeconds = 0, loop } = step;
  if (body === undefined || errorCode !== undefined) return silence(0);
  const decoded = await decodeMp3(body);
  const once = decoded ? throughTelephone(decoded.samples, decoded.rate) : silence(durationSeconds);
  // 0 is for ever.
  return repeated(once, Math.max(1, loop));
}

function verbOf({ verb, attributes, digits }: VerbStep): Float32Array {
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
