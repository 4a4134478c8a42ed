import { TELEPHONE_HERTZ_MAX, TELEPHONE_HERTZ_MIN, TELEPHONE_RATE } from '../src/limits';

/** How far the filter reaches to either side: long enough for edges of some 200 Hz. */
const REACH_SECONDS = 0.012;

/**
 * Sound as it arrives through a telephone: 300 to 3,400 Hz, 8,000 samples a second. One filter does
 * both, a windowed band-pass that is evaluated at the times of the new samples only.
 *
 * @param rate samples a second of the input
 */
export function throughTelephone(samples: Float32Array, rate: number): Float32Array {
  const length = Math.round((samples.length / rate) * TELEPHONE_RATE);
  const out = new Float32Array(length);
  const taps = Math.ceil(REACH_SECONDS * rate);
  // The offsets between old and new samples repeat after so many new samples.
  const phases = TELEPHONE_RATE / greatestCommonDivisor(rate, TELEPHONE_RATE);
  const kernels = Array.from({ length: Math.min(phases, length) }, (_, index) =>
    kernelAt(((index * rate) / TELEPHONE_RATE) % 1, taps, rate),
  );
  for (let index = 0; index < length; index += 1) {
    const kernel = kernels[index % phases] ?? new Float32Array();
    const first = Math.floor((index * rate) / TELEPHONE_RATE) - taps;
    let sum = 0;
    for (let tap = 0; tap < kernel.length; tap += 1) {
      sum += (samples[first + tap] ?? 0) * (kernel[tap] ?? 0);
    }
    out[index] = sum;
  }
  return out;
}

/** The filter's weights for a new sample that lies `offset` old samples after an old one. */
function kernelAt(offset: number, taps: number, rate: number): Float32Array {
  return Float32Array.from({ length: 2 * taps + 1 }, (_, index) => {
    const seconds = (index - taps - offset) / rate;
    const bandPass = lowPass(seconds, TELEPHONE_HERTZ_MAX) - lowPass(seconds, TELEPHONE_HERTZ_MIN);
    return (bandPass * window(seconds)) / rate;
  });
}

/** Impulse response of an ideal low-pass. */
function lowPass(seconds: number, cutoff: number): number {
  const x = 2 * Math.PI * cutoff * seconds;
  return x === 0 ? 2 * cutoff : (2 * cutoff * Math.sin(x)) / x;
}

/** Blackman's window: little passes outside of the band. */
function window(seconds: number): number {
  if (Math.abs(seconds) > REACH_SECONDS) return 0;
  const x = (Math.PI * seconds) / REACH_SECONDS;
  return 0.42 + 0.5 * Math.cos(x) + 0.08 * Math.cos(2 * x);
}

function greatestCommonDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestCommonDivisor(other, one % other);
}
