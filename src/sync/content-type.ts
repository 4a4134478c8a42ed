import { fileTypeFromBuffer } from 'file-type/core';
import { PLAYED_TYPES } from '../media-types';

/**
 * The media type of audio that Twilio plays, from its bytes; undefined for anything else, and for
 * GSM and u-law, which begin with nothing that tells them.
 */
export async function audioTypeOf(content: Buffer): Promise<string | undefined> {
  const mime = (await fileTypeFromBuffer(content))?.mime;
  return mime !== undefined && PLAYED_TYPES.has(mime) ? mime : undefined;
}
