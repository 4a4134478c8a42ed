export interface Sound {
  /** One channel, from -1 to 1. */
  readonly samples: Float32Array;
  /** Samples a second. */
  readonly rate: number;
}

/**
 * Decodes an MP3; undefined when it is none. The decoder is mpg123, compiled to WebAssembly, and
 * loaded at the first use.
 */
export async function decodeMp3(bytes: Uint8Array): Promise<Sound | undefined> {
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
