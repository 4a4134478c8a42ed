/** Bytes of a frame at 128 kbit/s and 44.1 kHz, which lasts 26 ms. */
const FRAME_BYTES = 417;
const FRAMES_A_SECOND = 38.28;

/** An MP3 in which nothing is heard: frames with a header and no data. */
export function silence(seconds: number): Buffer {
  const frame = Buffer.alloc(FRAME_BYTES);
  frame.set([0xff, 0xfb, 0x90, 0x64]);
  return Buffer.concat(Array.from({ length: Math.ceil(seconds * FRAMES_A_SECOND) }, () => frame));
}
