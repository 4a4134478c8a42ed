import { PLAYED_TYPES } from '../media-types';

const BY_ENDING: ReadonlyMap<string, string> = new Map([
  ['mp3', 'audio/mpeg'],
  ['wav', 'audio/wav'],
  ['aif', 'audio/aiff'],
  ['aiff', 'audio/aiff'],
  ['aifc', 'audio/x-aifc'],
  ['gsm', 'audio/gsm'],
  ['ulaw', 'audio/ulaw'],
]);

/**
 * The type under which Twilio plays an object: S3's own where it is one that Twilio plays, otherwise
 * by the key's ending, since many an upload leaves S3 with binary/octet-stream.
 */
export function playableType(contentType: string | undefined, key: string): string | undefined {
  const [essence = ''] = (contentType ?? '').toLowerCase().split(';');
  if (PLAYED_TYPES.has(essence.trim())) return essence.trim();
  return BY_ENDING.get(key.slice(key.lastIndexOf('.') + 1).toLowerCase());
}
