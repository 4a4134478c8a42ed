import type { Version, Visibility } from '../twilio/resources';
import { isAssetPath } from './identity';

/** What the friendly name of one of our Assets says. */
export interface AssetName {
  readonly path: string;
  /** Its only version, once it is uploaded. */
  readonly uploaded?: { readonly visibility: Visibility; readonly versionSid: string };
}

const NAME = /^(\S+)(?: (public|protected) (ZN[0-9a-f]{32}))?$/;

/**
 * The friendly name of an Asset: its path and, after the upload, visibility and version, so that one
 * listing tells an interrupted run what it has uploaded. Asking each Asset for its versions instead
 * would take a request a prompt.
 */
export function assetName(path: string, uploaded?: Pick<Version, 'sid' | 'visibility'>): string {
  return uploaded ? `${path} ${uploaded.visibility} ${uploaded.sid}` : path;
}

/** Reads a friendly name; undefined unless it is one of ours. */
export function readAssetName(friendlyName: string): AssetName | undefined {
  const [, path, visibility, versionSid] = NAME.exec(friendlyName) ?? [];
  if (path === undefined || !isAssetPath(path)) return undefined;
  if (versionSid === undefined) return { path };
  return {
    path,
    uploaded: { visibility: visibility === 'public' ? 'public' : 'protected', versionSid },
  };
}
