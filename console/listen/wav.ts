const HEADER_BYTES = 44;
const PCM = 1;
const BYTES_PER_SAMPLE = 2;

/** A WAV file of one channel, 16 bits a sample. http://soundfile.sapp.org/doc/WaveFormat/ */
export function wavOf(samples: Int16Array, rate: number): ArrayBuffer {
  const bytes = samples.length * BYTES_PER_SAMPLE;
  const view = new DataView(new ArrayBuffer(HEADER_BYTES + bytes));
  const name = (at: number, text: string) => {
    for (const [index, character] of [...text].entries()) {
      view.setUint8(at + index, character.charCodeAt(0));
    }
  };
  name(0, 'RIFF');
  view.setUint32(4, HEADER_BYTES - 8 + bytes, true);
  name(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * BYTES_PER_SAMPLE, true);
  view.setUint16(32, BYTES_PER_SAMPLE, true);
  view.setUint16(34, 8 * BYTES_PER_SAMPLE, true);
  name(36, 'data');
  view.setUint32(40, bytes, true);
  for (const [index, sample] of samples.entries()) {
    view.setInt16(HEADER_BYTES + index * BYTES_PER_SAMPLE, sample, true);
  }
  return view.buffer;
}
