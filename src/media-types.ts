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

/** Other names of the same types, as uploads give them to S3, → the name that Twilio plays. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['audio/mp3', 'audio/mpeg'],
  ['audio/x-mp3', 'audio/mpeg'],
  ['audio/mpeg3', 'audio/mpeg'],
  ['audio/x-mpeg3', 'audio/mpeg'],
  ['audio/x-mpeg-3', 'audio/mpeg'],
  ['audio/x-mpeg', 'audio/mpeg'],
  ['audio/mpg', 'audio/mpeg'],
  ['audio/x-mpg', 'audio/mpeg'],
  ['audio/vnd.wave', 'audio/wav'],
  ['audio/x-pn-wav', 'audio/wav'],
  ['audio/aifc', 'audio/x-aifc'],
  ['audio/x-ulaw', 'audio/ulaw'],
  ['audio/mulaw', 'audio/ulaw'],
  ['audio/x-mulaw', 'audio/ulaw'],
]);

/** Types that are plainly no audio, whatever the key's ending says. */
const NO_AUDIO =
  /^(?:text|image|font)\/|^application\/(?:json|xml|javascript|pdf|zip|gzip|x-gzip)$|\+(?:json|xml|zip)$/;

const TYPES_BY_ENDING: ReadonlyMap<string, string> = new Map([
  ['mp3', 'audio/mpeg'],
  ['wav', 'audio/wav'],
  ['aif', 'audio/aiff'],
  ['aiff', 'audio/aiff'],
  ['aifc', 'audio/x-aifc'],
  ['gsm', 'audio/gsm'],
  ['ulaw', 'audio/ulaw'],
]);

/** Audio without a header: its bytes do not tell what it is. */
const RAW_TYPES: ReadonlySet<string> = new Set(['audio/gsm', 'audio/ulaw']);

/**
 * The type under which Twilio plays an object: S3's Content-Type, under the name that Twilio knows,
 * otherwise by the key's ending, because many uploads leave S3 with binary/octet-stream. Neither case
 * nor parameters of the Content-Type matter: https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1
 *
 * @returns undefined for what Twilio does not play
 */
export function playableType(contentType: string | undefined, key: string): string | undefined {
  const type = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (PLAYED_TYPES.has(type)) return type;
  return SYNONYMS.get(type) ?? (NO_AUDIO.test(type) ? undefined : typeByEnding(key));
}

function typeByEnding(key: string): string | undefined {
  return TYPES_BY_ENDING.get(key.slice(key.lastIndexOf('.') + 1).toLowerCase());
}

/** Whether a key's ending says that Twilio plays the object. */
export function hasAudioEnding(key: string): boolean {
  return typeByEnding(key) !== undefined;
}

/** Whether a key's ending says that its audio has no header, so that its bytes tell nothing. */
export function hasRawAudioEnding(key: string): boolean {
  return RAW_TYPES.has(typeByEnding(key) ?? '');
}

/** Endings of files that are no audio, or audio that Twilio does not play. */
const OTHER_ENDING =
  /[^/]\.(?:aac|amr|flac|m4[ab]|midi?|og[ag]|opus|wma|avi|m4v|mkv|mov|mp4|webm|wmv|bmp|gif|heic|ico|jpe?g|png|psd|svg|tiff?|webp|csv|docx?|html?|json|log|md|od[st]|pdf|pptx?|rtf|srt|tsv|txt|vtt|xlsx?|xml|ya?ml|7z|bak|bz2|gz|ini|js|rar|sh|tar|tgz|ts|zip)$/i;

/** Whether a key's ending says that Twilio does not play the object. With any other ending the bytes decide. */
export function hasOtherEnding(key: string): boolean {
  return OTHER_ENDING.test(key);
}
