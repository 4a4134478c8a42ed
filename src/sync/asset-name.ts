import type { Version, Visibility } from '../twilio/resources';
import { isAssetPath } from './asset-path';

/** What the friendly name of one of our Assets says. */
export interface AssetName {
  readonly path: string;
  /** Its only version, once it is uploaded. */
  readonly uploaded?: { readonly visibility: Visibility; readonly versionSid: string };
  /** Set where the bytes were found not to be audio; such an Asset has no version. */
  readonly refused?: true;
}

const NAME = /^(\S+)(?: (public|protected) (ZN[0-9a-f]{32})| (not-audio))?$/;

/**
 * The friendly name of an Asset: its path and, after the upload, visibility and version, so that one
 * listing tells an interrupted run what it has uploaded. Asking each Asset for its versions instead
 * would take a request a prompt.
 */
export function assetName(path: string, uploaded?: Pick<Version, 'sid' | 'visibility'>): string {
  return uploaded ? `${path} ${uploaded.visibility} ${uploaded.sid}` : path;
}

/**
 * The friendly name of an Asset that says what was found out about an object, and is nothing else: a
 * step of a Function would otherwise fetch again what an earlier one has refused, and never get past
 * it. Clean-up deletes it with the rest.
 */
export function refusedName(path: string): string {
  return `${path} not-audio`;
}

/** Reads a friendly name; undefined unless it is one of ours. */
export function readAssetName(friendlyName: string): AssetName | undefined {
  const [, path, visibility, versionSid, refused] = NAME.exec(friendlyName) ?? [];
  if (path === undefined || !isAssetPath(path)) return undefined;
  if (refused !== undefined) return { path, refused: true };
  if (versionSid === undefined) return { path };
  return {
    path,
    uploaded: { visibility: visibility === 'public' ? 'public' : 'protected', versionSid },
  };
}
