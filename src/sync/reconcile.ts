import type { Clock } from '../clock';
import { PlayError } from '../errors';
import { encodeManifest, isManifestPath, MANIFEST_FUNCTION } from '../manifest';
import type { PromptBucket } from '../s3/prompts';
import type { Build } from '../twilio/resources';
import type { Serverless } from '../twilio/serverless';
import { codeOf, fingerprint } from './code';
import { type Plan, plan } from './plan';

/** What a run did, so far or in all. */
export interface SyncReport {
  /** Prompts that are Assets now. */
  readonly prompts: number;
  readonly uploaded: number;
  readonly retired: number;
  /** The Build that this run made live; undefined when nothing had to change. */
  readonly buildSid: string | undefined;
}

export type SyncEvent =
  | {
      readonly type: 'planned';
      readonly keep: number;
      readonly upload: number;
      readonly retire: number;
      readonly bytes: number;
    }
  | {
      readonly type: 'uploaded';
      readonly key: string;
      readonly path: string;
      readonly bytes: number;
    }
  | { readonly type: 'building'; readonly buildSid: string }
  | { readonly type: 'activated'; readonly buildSid: string };

/** How a run ended: `pending` wants to be called again. */
export type SyncOutcome =
  | { readonly status: 'done'; readonly report: SyncReport }
  | {
      readonly status: 'pending';
      readonly report: SyncReport /** Milliseconds. */;
      readonly retryAfter: number;
    };

export interface ReconcileOptions {
  readonly bucket: PromptBucket;
  readonly twilio: Serverless;
  /** ZE… */
  readonly environmentSid: string;
  readonly clock: Clock;
  /** Epoch milliseconds after which no further step is begun. */
  readonly deadline: number;
}

/** Milliseconds between two looks at a Build. */
const BUILD_POLL = 1000;

/**
 * Makes the Assets of one environment equal to S3. Both sides are read afresh, so a run that ended
 * anywhere is finished by the next. Uploads and the new Build change nothing that callers hear; the
 * Deployment does, in one step.
 *
 * @throws {PlayError} when S3 or Twilio refuses; callers then hear what they heard before.
 */
export async function* reconcile(
  options: ReconcileOptions,
): AsyncGenerator<SyncEvent, SyncOutcome> {
  const { bucket, twilio, environmentSid } = options;
  const environment = await twilio.environment(environmentSid);
  if (environment.buildSid === undefined) {
    throw new PlayError(
      `Environment ${environmentSid} has no live Build: deploy the project first.`,
    );
  }
  const [live, listing] = await Promise.all([twilio.build(environment.buildSid), bucket.list()]);
  const planned = plan(listing, live);
  yield {
    type: 'planned',
    keep: planned.keep.length,
    upload: planned.upload.length,
    retire: planned.retire.length,
    bytes: planned.upload.reduce((sum, { object }) => sum + object.size, 0),
  };

  const manifest = encodeManifest(
    {
      paths: new Map(
        [...planned.keep, ...planned.upload].map(({ object, path }) => [object.key, path]),
      ),
      retired: [],
      refused: [],
    },
    fingerprint(codeOf(live)),
  );
  const report: SyncReport = {
    prompts: listing.length,
    uploaded: planned.upload.length,
    retired: planned.retire.length,
    buildSid: undefined,
  };
  const current = live.functions.some(({ path }) => path === manifest.path);
  if (current && planned.upload.length === 0 && planned.retire.length === 0) {
    return { status: 'done', report };
  }

  const uploaded: string[] = [];
  for await (const event of uploadAll(options, planned)) {
    uploaded.push(event.versionSid);
    yield { type: 'uploaded', key: event.key, path: event.path, bytes: event.bytes };
  }
  const manifestVersion = await publishManifest(twilio, live, manifest);
  const build = await twilio.createBuild({
    assetVersions: [
      ...planned.foreign.assets.map(({ sid }) => sid),
      ...planned.keep.map(({ version }) => version.sid),
      ...uploaded,
    ],
    functionVersions: [...planned.foreign.functions.map(({ sid }) => sid), manifestVersion],
    dependencies: live.dependencies,
    runtime: live.runtime,
  });
  yield { type: 'building', buildSid: build.sid };
  if (!(await finished(options, build))) {
    return { status: 'pending', report, retryAfter: BUILD_POLL };
  }
  await twilio.deploy(environmentSid, build.sid);
  yield { type: 'activated', buildSid: build.sid };
  return { status: 'done', report: { ...report, buildSid: build.sid } };
}

async function* uploadAll({ bucket, twilio }: ReconcileOptions, { upload }: Plan) {
  if (upload.length === 0) return;
  const assets = await twilio.resources('Assets');
  for (const { object, path } of upload) {
    const content = await bucket.fetch(object);
    const assetSid = assets.get(path) ?? (await twilio.createResource('Assets', path));
    const versionSid = await twilio.upload('Assets', assetSid, {
      path,
      visibility: 'public',
      content,
      contentType: 'audio/mpeg',
    });
    yield { key: object.key, path, bytes: content.length, versionSid };
  }
}

async function publishManifest(
  twilio: Serverless,
  live: Build,
  { path, source }: { readonly path: string; readonly source: string },
): Promise<string> {
  const current = live.functions.find((version) => version.path === path);
  if (current) return current.sid;
  const functionSid =
    live.functions.find((version) => isManifestPath(version.path))?.resourceSid ??
    (await twilio.resources('Functions')).get(MANIFEST_FUNCTION) ??
    (await twilio.createResource('Functions', MANIFEST_FUNCTION));
  return twilio.upload('Functions', functionSid, {
    path,
    visibility: 'private',
    content: Buffer.from(source),
    contentType: 'application/javascript',
  });
}

async function finished(
  { twilio, clock, deadline }: ReconcileOptions,
  { sid }: Build,
): Promise<boolean> {
  for (;;) {
    const { status } = await twilio.build(sid);
    if (status === 'completed') return true;
    if (status === 'failed') {
      throw new PlayError(`Build ${sid} failed at Twilio. Callers hear what they heard before.`);
    }
    if (clock.now().getTime() + BUILD_POLL >= deadline) return false;
    await clock.sleep(BUILD_POLL);
  }
}
