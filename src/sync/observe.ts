import { PlayError } from '../errors';
import { decodeManifest, EMPTY_MANIFEST, encodeManifest, type Manifest } from '../manifest';
import type { PromptBucket, PromptObject } from '../s3/prompts';
import type { Build, Deployment } from '../twilio/resources';
import type { Environment, Serverless } from '../twilio/serverless';
import { isAssetPath, keyHash, keyHashIn } from './asset-path';
import { carryOverOf, manifestVersionOf, markerOf } from './carry-over';
import { expectedCarryOver, readDeployments } from './deployments';
import { type NewCode, refuseToReplaceOther } from './new-code';
import type { LiveBuild, ReusableVersions } from './plan';

export interface ObserveOptions {
  readonly bucket: Pick<PromptBucket, 'list'>;
  readonly twilio: Pick<
    Serverless,
    'environment' | 'deployments' | 'build' | 'buildIfAny' | 'functionContent'
  >;
  /** With its live Build, if that was read a moment ago. */
  readonly environment: Pick<Environment, 'sid'> & Partial<Pick<Environment, 'buildSid'>>;
  /** What a deploy brings, until it is live; undefined for a sync, and for the rest of a deploy. */
  readonly code?: NewCode | undefined;
}

/** Both sides, as they are now. */
export interface Observation {
  readonly listing: readonly PromptObject[];
  /** What is live; before the first deploy, the Build that brings the code. */
  readonly live: LiveBuild;
  /** The live Build: ZB…; undefined before the first deploy. */
  readonly base: string | undefined;
  /** Whether new code comes with the prompts. */
  readonly isDeploy: boolean;
  readonly recent: readonly ReusableVersions[];
  readonly deployments: readonly Deployment[];
}

/**
 * Lists the bucket and reads one environment of Twilio.
 *
 * @throws {SupersededError} when other code became live than a deploy replaces
 * @throws {PlayError} when either refuses, or nothing was ever deployed
 */
export async function observe({
  bucket,
  twilio,
  environment,
  code,
}: ObserveOptions): Promise<Observation> {
  const both = [bucket.list(), readEnvironment(twilio, environment, code)] as const;
  // Wait for both, so that no request is in work after one of them was refused.
  await Promise.allSettled(both);
  const [listing, { live, base, past, deployments }] = await Promise.all(both);
  const expected = expectedCarryOver(past, live);
  if (code) refuseToReplaceOther(code, base, base && expected);
  // A Build that was promoted from another environment has a manifest, too.
  const newest = past.find(({ madeBySync }) => madeBySync)?.build ?? live;
  const manifest =
    inferManifest(newest, listing) ?? (await readManifest(twilio, newest)) ?? EMPTY_MANIFEST;
  return {
    listing,
    live: { build: live, manifest, carryOver: code ? carryOverOf(code.build) : expected },
    base: base?.sid,
    isDeploy: code !== undefined,
    recent: past.slice(1).map(({ build }, index) => ({
      assets: build.assets,
      liveUntil: Math.floor((past[index]?.at.getTime() ?? 0) / 1000),
    })),
    deployments,
  };
}

async function readEnvironment(
  twilio: ObserveOptions['twilio'],
  environment: ObserveOptions['environment'],
  code: NewCode | undefined,
) {
  const { sid } = environment;
  const { buildSid } = 'buildSid' in environment ? environment : await twilio.environment(sid);
  if (buildSid === undefined) {
    if (code) return { live: code.build, base: undefined, past: [], deployments: [] };
    throw new PlayError(`Environment ${sid} has no live Build: deploy the project first.`);
  }
  // After the environment, so that the live Build's own Deployment is among them.
  const [deployments, live] = await Promise.all([twilio.deployments(sid), twilio.build(buildSid)]);
  const past = await readDeployments(deployments, live, (sid) => twilio.buildIfAny(sid));
  return { live, base: live, past, deployments };
}

/**
 * The manifest of a Build, without a request: where it has nothing but a path for each key, the keys of
 * the bucket and the Build's Assets tell it. The hash in the Build's marker shows whether it is so.
 *
 * @returns undefined where it must be read
 */
export function inferManifest(
  build: Build,
  listing: readonly Pick<PromptObject, 'key'>[],
): Manifest | undefined {
  const marker = markerOf(build);
  if (marker === undefined) return undefined;
  const audio = build.assets.filter(({ path }) => isAssetPath(path));
  const byKey = new Map(audio.map(({ path }) => [keyHashIn(path), path]));
  const paths = new Map<string, string>();
  for (const { key } of byKey.size === 0 ? [] : listing) {
    const path = byKey.get(keyHash(key));
    if (path !== undefined) paths.set(key, path);
  }
  const manifest = { ...EMPTY_MANIFEST, paths };
  return encodeManifest(manifest).hash === marker.hash ? manifest : undefined;
}

/**
 * Reads the manifest of a Build through the API.
 *
 * @returns undefined where it has none, or one that cannot be read
 * @throws {TwilioApiError}
 */
export async function readManifest(
  twilio: Pick<Serverless, 'functionContent'>,
  build: Build,
): Promise<Manifest | undefined> {
  const version = manifestVersionOf(build);
  if (!version) return undefined;
  const source = await twilio.functionContent(version.resourceSid, version.sid);
  try {
    return decodeManifest(source);
  } catch {
    return undefined;
  }
}
