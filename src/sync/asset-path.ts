import { createHash } from 'node:crypto';

/** The folder of all our Assets. */
const FOLDER = '/audio/';
const SLUG_LENGTH = 60;

/** Exactly what `assetPath` makes: nothing else in a Service is ours. */
const OUR_PATH = /^\/audio\/[a-z0-9-]{1,60}\.[0-9a-f]{16}\.[0-9a-f]{16}(\.[A-Za-z0-9]{1,8})?$/;

/**
 * The path of the Asset for one content of one object, such as
 * /audio/welcome.<hash of the key>.<hash of the ETag>.mp3
 *
 * The path is the identity: a new content has a new URL, so no cache of Twilio's is ever stale, and
 * the difference between S3 and a Build is a set difference of paths. The hashes, 128 bits together,
 * cannot be guessed without the content. Any key is legal; Twilio allows fewer than 256 characters
 * and none of ; , ? : @ + & $ ( ) ' " # or blanks.
 */
export function assetPath(key: string, etag: string): string {
  const name = key.slice(key.lastIndexOf('/') + 1);
  const ending = /\.[A-Za-z0-9]{1,8}$/.exec(name)?.[0] ?? '';
  const slug = slugOf(name.slice(0, name.length - ending.length));
  return `${FOLDER}${slug}.${hash(key)}.${hash(etag)}${ending}`;
}

/** Whether an Asset's path is one that `assetPath` makes. */
export function isAssetPath(path: string): boolean {
  return OUR_PATH.test(path);
}

/** The part of a name that can be read in a URL; people look for it in lists. */
function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG_LENGTH)
    .replace(/^-|-$/g, '');
  return slug === '' ? 'prompt' : slug;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
