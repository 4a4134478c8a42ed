import { createHash } from 'node:crypto';
import { EMPTY_MANIFEST, encodeManifest, type Manifest, manifestPath } from '../../../src/manifest';
import type { PromptObject } from '../../../src/s3/prompts';
import { type CarryOver, fingerprint } from '../../../src/sync/carry-over';
import type { Build, Deployment, Version, Visibility } from '../../../src/twilio/resources';

/** A SID that is the same for the same name. */
export function sidOf(prefix: string, name: string): string {
  return prefix + createHash('md5').update(name).digest('hex');
}

/** A version of the Asset or Function at this path; `edition` tells two of them apart. */
export function version(path: string, edition = '', visibility: Visibility = 'public'): Version {
  return {
    sid: sidOf('ZN', `${path} ${edition} ${visibility}`),
    resourceSid: sidOf('ZH', path),
    path,
    visibility,
  };
}

/** What a deploy of the toolkit brings; the name tells two of them apart. */
export function deployNamed(name: string): CarryOver {
  return {
    assets: [version('/call-flow.json', name, 'private'), version('/index.html', name)],
    functions: [version('/voice', name, 'protected')],
    dependencies: [{ name: 'twilio', version: '6.2.0' }],
    runtime: 'node22',
  };
}

const base = { status: 'completed', createdAt: new Date(0) } as const;

/** A Build that the toolkit made: no prompts. */
export function toolkitBuild(name: string): Build {
  return { ...base, ...deployNamed(name), sid: sidOf('ZB', name) };
}

export interface SyncedBuild {
  /** The Build that was live when this one was planned. */
  readonly on: Build;
  readonly carryOver: CarryOver;
  readonly audio?: readonly Version[];
  readonly manifest?: Manifest;
}

/** A Build that the sync made. */
export function syncedBuild(
  name: string,
  { on, carryOver, audio = [], manifest = EMPTY_MANIFEST }: SyncedBuild,
): Build {
  const { hash } = encodeManifest(manifest);
  const marker = manifestPath({ hash, fingerprint: fingerprint(carryOver), base: on.sid });
  return {
    ...base,
    ...carryOver,
    sid: sidOf('ZB', name),
    assets: [...carryOver.assets, ...audio],
    functions: [...carryOver.functions, version(marker, name, 'private')],
  };
}

/** Deployments of these Builds, oldest first, `seconds` apart. */
export function deployed(builds: readonly Build[], seconds = 60): Deployment[] {
  return builds.map(({ sid: buildSid }, index) => ({
    sid: sidOf('ZD', String(index)),
    buildSid,
    createdAt: new Date(index * seconds * 1000),
  }));
}

/** An object of the bucket whose ETag is the MD5 of its `content`. */
export function object(
  key: string,
  { content = 'first', ...rest }: Partial<PromptObject> & { readonly content?: string } = {},
): PromptObject {
  return {
    key,
    etag: `"${createHash('md5').update(content).digest('hex')}"`,
    size: 1000,
    lastModified: new Date(0),
    storageClass: 'STANDARD',
    ...rest,
  };
}
