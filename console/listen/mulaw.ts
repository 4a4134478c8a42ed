/*
 * G.711 µ-law: 16 bits of a sample become 8, as the telephone network carries them. Loud samples are
 * rounded more than quiet ones. https://www.itu.int/rec/T-REC-G.711
 */

const BIAS = 0x84;
const CLIP = 32_635;

/** @param sample of 16 bits */
export function encodeMulaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), CLIP) + BIAS;
  const exponent = Math.floor(Math.log2(magnitude)) - 7;
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}

/** @returns a sample of 16 bits */
export function decodeMulaw(byte: number): number {
  const bits = ~byte & 0xff;
  const exponent = (bits >> 4) & 0x07;
  const magnitude = ((((bits & 0x0f) << 3) + BIAS) << exponent) - BIAS;
  return bits & 0x80 ? -magnitude : magnitude;
}

/**
 * What is left of samples after µ-law.
 *
 * @param samples from -1 to 1; what lies beyond is clipped
 */
export function throughMulaw(samples: Float32Array): Int16Array<ArrayBuffer> {
  return Int16Array.from(samples, (sample) => {
    const clipped = Math.max(-1, Math.min(1, sample));
    return decodeMulaw(encodeMulaw(Math.round(clipped * 32_767)));
  });
}
