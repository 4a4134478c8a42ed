/** What <Play> accepts: https://www.twilio.com/docs/voice/twiml/play#supported-audio-file-types */
export const PLAYED_TYPES: ReadonlySet<string> = new Set([
  'audio/mpeg',
  'audio/wav',
  'audio/wave',
  'audio/x-wav',
  'audio/aiff',
  'audio/x-aifc',
  'audio/x-aiff',
  'audio/x-gsm',
  'audio/gsm',
  'audio/ulaw',
]);

const TYPES_BY_ENDING: ReadonlyMap<string, string> = new Map([
  ['mp3', 'audio/mpeg'],
  ['wav', 'audio/wav'],
  ['aif', 'audio/aiff'],
  ['aiff', 'audio/aiff'],
  ['aifc', 'audio/x-aifc'],
  ['gsm', 'audio/gsm'],
  ['ulaw', 'audio/ulaw'],
]);

/**
 * The type under which Twilio plays an object: S3's Content-Type if Twilio plays that, otherwise by
 * the key's ending, because many uploads leave S3 with binary/octet-stream.
 *
 * @returns undefined for what Twilio does not play
 */
export function playableType(contentType: string | undefined, key: string): string | undefined {
  const [essence = ''] = (contentType ?? '').toLowerCase().split(';');
  if (PLAYED_TYPES.has(essence.trim())) return essence.trim();
  return TYPES_BY_ENDING.get(key.slice(key.lastIndexOf('.') + 1).toLowerCase());
}

/** Whether a key's ending says that Twilio plays the object. */
export function hasAudioEnding(key: string): boolean {
  return playableType(undefined, key) !== undefined;
}

/** Whether a key's ending says that its audio has no header, so that its bytes tell nothing. */
export function hasRawAudioEnding(key: string): boolean {
  return /[^/]\.(?:gsm|ulaw)$/i.test(key);
}

/** Endings of files that are no audio, or audio that Twilio does not play. */
const OTHER_ENDING =
  /[^/]\.(?:aac|amr|flac|m4[ab]|midi?|og[ag]|opus|wma|avi|m4v|mkv|mov|mp4|webm|wmv|bmp|gif|heic|ico|jpe?g|png|psd|svg|tiff?|webp|csv|docx?|html?|json|log|md|od[st]|pdf|pptx?|rtf|srt|tsv|txt|vtt|xlsx?|xml|ya?ml|7z|bak|bz2|gz|ini|js|rar|sh|tar|tgz|ts|zip)$/i;

/** Whether a key's ending says that Twilio does not play the object. With any other ending the bytes decide. */
export function hasOtherEnding(key: string): boolean {
  return OTHER_ENDING.test(key);
}
