import {
  decodeManifest,
  encodeManifest,
  MANIFEST_FUNCTION,
  type Manifest,
  manifestPath,
} from '../manifest';
import type { Build, Deployment } from '../twilio/resources';
import type { NewBuild, Serverless } from '../twilio/serverless';
import { fingerprint, manifestVersionOf, markOf } from './carry-over';
import type { LiveBuild, Plan } from './plan';

/** Milliseconds for which a Build that nobody activated is still somebody's work. */
const IN_PROGRESS = 30 * 60 * 1000;

/** So many different times in a row are in order by chance once in 40,320 pages. */
const CLEARLY_ORDERED = 8;

/** Builds of the sync's that no environment has activated, newest ones only. */
export async function pendingBuilds(
  twilio: Serverless,
  deployments: readonly Deployment[],
  now: Date,
): Promise<Build[]> {
  const deployed = new Set(deployments.map(({ buildSid }) => buildSid));
  const horizon = now.getTime() - IN_PROGRESS;
  const pending: Build[] = [];
  for await (const page of twilio.builds()) {
    const times = page.map(({ createdAt }) => createdAt.getTime());
    pending.push(
      ...page.filter(
        (build) =>
          build.createdAt.getTime() > horizon &&
          build.status !== 'failed' &&
          !deployed.has(build.sid) &&
          markOf(build) !== undefined,
      ),
    );
    // The order of lists is not documented: only a page that is in order, and hardly by chance,
    // promises no more.
    const newestFirst =
      new Set(times).size >= CLEARLY_ORDERED &&
      times.every((time, index) => time <= (times[index - 1] ?? time));
    if (newestFirst && times.some((time) => time <= horizon)) break;
  }
  return pending;
}

/** The Build that a plan makes, if an earlier run has begun it. */
export async function findTwin(
  twilio: Serverless,
  candidates: readonly Build[],
  plan: Plan,
  live: LiveBuild,
): Promise<Build | undefined> {
  const assets = assetVersions(plan);
  for (const candidate of candidates) {
    const mark = markOf(candidate);
    const version = manifestVersionOf(candidate);
    const same =
      mark?.base === live.build.sid &&
      mark.code === fingerprint(plan.code) &&
      candidate.assets.length === assets.length &&
      candidate.assets.every(({ sid }) => assets.includes(sid));
    if (!same || !version) continue;
    const source = await twilio.functionContent(version.resourceSid, version.sid);
    if (timeless(decodeManifest(source)) === timeless(plan.manifest)) return candidate;
  }
  return undefined;
}

/** The times at which paths retired differ from run to run; nothing else may. */
function timeless(manifest: Manifest): string {
  const retired = new Map([...manifest.retired.keys()].map((path) => [path, 0]));
  return encodeManifest({ ...manifest, retired }).hash;
}

/** What the plan's Build holds, with its manifest, which is uploaded. */
export async function prepareBuild(
  twilio: Serverless,
  plan: Plan,
  live: LiveBuild,
): Promise<NewBuild> {
  const { functions, dependencies, runtime } = plan.code;
  const manifest = await publishManifest(twilio, plan, live);
  return {
    assetVersions: assetVersions(plan),
    functionVersions: [...functions.map(({ sid }) => sid), manifest],
    dependencies,
    runtime,
  };
}

function assetVersions({ code, keep, retain }: Plan): string[] {
  const audio = [...keep, ...retain].map(({ version }) => version.sid);
  return [...code.assets.map(({ sid }) => sid), ...audio];
}

async function publishManifest(
  twilio: Serverless,
  plan: Plan,
  { build: live }: LiveBuild,
): Promise<string> {
  const { source, hash } = encodeManifest(plan.manifest);
  const path = manifestPath({ hash, code: fingerprint(plan.code), base: live.sid });
  const functionSid =
    manifestVersionOf(live)?.resourceSid ??
    (await findManifestFunction(twilio)) ??
    (await twilio.createResource('Functions', MANIFEST_FUNCTION));
  return twilio.upload('Functions', functionSid, {
    path,
    visibility: 'private',
    content: Buffer.from(source),
    contentType: 'application/javascript',
  });
}

async function findManifestFunction(twilio: Serverless): Promise<string | undefined> {
  const functions = await twilio.resources('Functions');
  return functions.find(({ friendlyName }) => friendlyName === MANIFEST_FUNCTION)?.sid;
}
