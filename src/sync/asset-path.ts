import { hash } from 'node:crypto';
import type { Version, Visibility } from '../twilio/resources';

/** The folder of all Assets of the sync. */
const FOLDER = '/audio/';
const SLUG_CHARACTERS = 60;

/** Exactly what `assetPath` makes: nothing else in a Service belongs to the sync. */
const OUR_PATH = /^\/audio\/[a-z0-9-]{1,60}\.[0-9a-f]{16}\.[0-9a-f]{16}(\.[A-Za-z0-9]{1,8})?$/;

/**
 * The path of the Asset for one content of one object, such as
 * /audio/welcome.<hash of the key>.<hash of the ETag>.mp3
 *
 * New content has a new path and so a new URL: no cache of Twilio's is ever stale, and the
 * difference between S3 and a Build is a set difference of paths. Nobody can guess the hashes, 128
 * bits together, without the content. Any key is legal; Twilio allows fewer than 256 characters in
 * a path, and none of ; , ? : @ + & $ ( ) ' " # or blanks.
 */
export function assetPath(key: string, etag: string): string {
  const name = key.slice(key.lastIndexOf('/') + 1);
  const ending = /\.[A-Za-z0-9]{1,8}$/.exec(name)?.[0] ?? '';
  const slug = slugOf(name.slice(0, name.length - ending.length));
  return `${FOLDER}${slug}.${shortHash(key)}.${shortHash(etag)}${ending}`;
}

/** Whether an Asset's path is that of a key's object, whatever its content. */
export function isPathOf(key: string, path: string): boolean {
  return isAssetPath(path) && keyHashIn(path) === keyHash(key);
}

/** The part of a path that is the same for all contents of one key. */
export function keyHash(key: string): string {
  return shortHash(key);
}

/** The `keyHash` of the key that an Asset's path was made of. */
export function keyHashIn(path: string): string {
  return path.split('.')[1] ?? '';
}

/** Whether an Asset's path is one that `assetPath` makes. */
export function isAssetPath(path: string): boolean {
  return OUR_PATH.test(path);
}

/** The readable part of a path: people look for it in lists. */
function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG_CHARACTERS)
    .replace(/^-|-$/g, '');
  return slug === '' ? 'prompt' : slug;
}

/** In one call: a bucket of 100,000 objects needs 200,000 of them, and a Hash object for each costs more. */
function shortHash(text: string): string {
  return hash('sha256', text).slice(0, 16);
}

/** What the friendly name of an Asset of the sync says. */
export interface AssetName {
  readonly path: string;
  /** Its newest version, once it is uploaded. */
  readonly uploaded?: { readonly visibility: Visibility; readonly versionSid: string };
}

const NAME = /^(\S+)(?: (public|protected) (ZN[0-9a-f]{32}))?$/;

/**
 * The friendly name of an Asset: its path and, after the upload, visibility and version. So one
 * listing of Assets tells a run what an interrupted one has uploaded; asking each Asset for its
 * versions would take one request a prompt.
 */
export function assetName(path: string, uploaded?: Pick<Version, 'sid' | 'visibility'>): string {
  return uploaded ? `${path} ${uploaded.visibility} ${uploaded.sid}` : path;
}

/** Reads a friendly name; undefined unless `assetName` made it. */
export function readAssetName(friendlyName: string): AssetName | undefined {
  const [, path, visibility, versionSid] = NAME.exec(friendlyName) ?? [];
  if (path === undefined || !isAssetPath(path)) return undefined;
  if (versionSid === undefined) return { path };
  return {
    path,
    uploaded: { visibility: visibility === 'public' ? 'public' : 'protected', versionSid },
  };
}
