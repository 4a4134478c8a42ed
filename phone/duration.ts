/**
 * How long audio plays, in seconds; undefined when it cannot be read, or when the library that
 * reads it is not there, as in an install without development packages. It is loaded at the first
 * use: only calls that reach audio need it.
 */
export async function audioSeconds(
  audio: Uint8Array,
  mimeType: string | undefined,
): Promise<number | undefined> {
  try {
    const { parseBuffer } = await import('music-metadata');
    const { format } = await parseBuffer(audio, { mimeType }, { duration: true });
    return format.duration;
  } catch {
    return undefined;
  }
}
