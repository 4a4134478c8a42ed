import { conflict, invalid, tooLarge } from '../errors';
import type { Limits } from '../limits';
import type { FileResource, FileVersion, Service, Upload } from './records';
import { type State, stamp } from './state';

/** Assets and Functions work alike; `Assets` and `Functions` are their URLs' names too. */
export type FileKind = 'Assets' | 'Functions';

/** The Service's Assets or its Functions, by SID. */
export function filesOf(service: Service, kind: FileKind): Map<string, FileResource> {
  return kind === 'Assets' ? service.assets : service.functions;
}

export function createFile(
  state: State,
  service: Service,
  kind: FileKind,
  friendlyName: string,
): FileResource {
  const identity = stamp(state, 'ZH');
  const file: FileResource = {
    ...identity,
    friendlyName,
    updatedAt: identity.createdAt,
    versions: new Map(),
    emptySince: identity.createdAt,
  };
  filesOf(service, kind).set(file.sid, file);
  return file;
}

export function renameFile(state: State, file: FileResource, friendlyName: string): void {
  file.friendlyName = friendlyName;
  file.updatedAt = state.settings.now();
}

/**
 * Removes an Asset or a Function with its versions. Builds that hold one keep their copy.
 * Throws 409 while a live Build holds one.
 */
export function deleteFile(service: Service, kind: FileKind, file: FileResource): void {
  for (const { build } of service.environments.values()) {
    const packed = kind === 'Assets' ? build?.assets : build?.functions;
    if (packed?.some(({ fileSid }) => fileSid === file.sid)) {
      const name = kind === 'Assets' ? 'Asset' : 'Function';
      throw conflict(`Cannot delete ${name} because it's part of an active Deployment.`);
    }
  }
  filesOf(service, kind).delete(file.sid);
}

/** Adds a version. Throws 400 for an illegal path, 413 for too large a content. */
export function addVersion(state: State, file: FileResource, upload: Upload): FileVersion {
  checkSize(upload, state.settings.limits);
  const identity = stamp(state, 'ZN');
  const version: FileVersion = {
    ...identity,
    ...upload,
    path: checkedPath(upload.path),
    fileSid: file.sid,
    builds: 0,
    unusedSince: identity.createdAt,
  };
  file.versions.set(version.sid, version);
  return version;
}

const FORBIDDEN = /[;,?:@+&$()'"#\s]/;

/**
 * The path with its leading slash, which Twilio adds where it is missing.
 * https://www.twilio.com/docs/serverless/api/resource/asset-version
 */
function checkedPath(raw: string): string {
  const path = raw.startsWith('/') ? raw : `/${raw}`;
  if (path.length > 255) throw invalid('Path must be at most 255 characters long.');
  const found = FORBIDDEN.exec(path);
  if (found) throw invalid(`Path must not contain ${JSON.stringify(found[0])}.`);
  return path;
}

function checkSize({ visibility, content }: Upload, limits: Limits): void {
  const allowed = visibility === 'private' ? limits.privateAssetBytes : limits.assetBytes;
  if (content.length > allowed) {
    throw tooLarge(`Content of a ${visibility} version must be at most ${allowed} bytes.`);
  }
}
