import { fileTypeFromBuffer } from 'file-type/core';

/**
 * What Twilio plays, of what can be told from bytes: GSM and u-law files have no header.
 * https://www.twilio.com/docs/voice/twiml/play#supported-audio-file-types
 */
const PLAYED: ReadonlySet<string> = new Set(['audio/mpeg', 'audio/wav', 'audio/aiff']);

/** The media type of audio that Twilio plays, from its bytes; undefined for anything else. */
export async function audioTypeOf(content: Buffer): Promise<string | undefined> {
  const mime = (await fileTypeFromBuffer(content))?.mime;
  return mime !== undefined && PLAYED.has(mime) ? mime : undefined;
}
