/**
 * S3, Twilio's API and its edge for the tables about the sync, in a process of their own: what they
 * cost is not measured, and Twilio's runtime writes globals.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as v from 'valibot';
import { syncRemotely } from '../../cli/sync/remote';
import { type CallEvent, call } from '../../phone';
import { deployProject } from '../../sandbox/deploy';
import { makeDirectory } from '../../sandbox/directory';
import { createEdge } from '../../sandbox/edge/server';
import { listen } from '../../sandbox/listen';
import { promptPath, samplePrompts } from '../../sandbox/prompts';
import { bundlePreload } from '../../sandbox/rehearsal/bundle-preload';
import { startFunctionLogs } from '../../sandbox/rehearsal/function-logs';
import { startInternet } from '../../sandbox/rehearsal/internet';
import { routeToLoopback } from '../../sandbox/rehearsal/loopback';
import { startSampleBucket } from '../../sandbox/sample-bucket';
import { createTwilio } from '../../sandbox/twilio';
import { systemClock } from '../../src/clock';
import { isManifestPath } from '../../src/manifest';
import { resultOf } from '../../src/result';
import { forwardTo, recordRequests } from './recorder';
import type { S3Access } from './s3-access';
import { phasesOf, type RecordedRequest } from './timeline';

/** The project's environment; the toolkit's own peer gets another. */
const DOMAIN_NAME = 'bench-1234-dev.twil.io';
const SERVICE = 'twilio-s3-play';

const HOUR_MS = 3_600_000;

/** The prompt that a call plays first. */
const GREETING = 'welcome.mp3';

/** How often it is looked at what is live. */
const POLL_MS = 5;

/** Bytes of a small object: two frames, which is enough to be an MP3. */
const SMALL_BYTES = 300;

const accountOptions = v.object({
  /** What each request to Twilio's API takes besides its own time. */
  latencyMs: v.number(),
  /** Checkout whose Functions are deployed. */
  project: v.string(),
  /** Variables of the deployment beside those that it needs. */
  variables: v.optional(v.record(v.string(), v.string()), {}),
  /** Whether requests to S3 are recorded, too: they go through a proxy then. */
  recordsS3: v.optional(v.boolean(), false),
});
export type AccountOptions = v.InferInput<typeof accountOptions>;

/** Reads options that were passed on as JSON. */
export function readOptions(json: string): v.InferOutput<typeof accountOptions> {
  return v.parse(accountOptions, JSON.parse(json));
}

/** Starts a bucket without objects, and an account with the project deployed. */
export async function openAccount({
  latencyMs,
  project,
  variables: more,
  recordsS3,
}: v.InferOutput<typeof accountOptions>) {
  // Functions run in this process. The twilio library would go through the user's own proxy.
  delete process.env.HTTP_PROXY;
  const directory = makeDirectory('bench-');
  const accountSid = `AC${randomBytes(16).toString('hex')}`;
  const authToken = randomBytes(16).toString('hex');
  const twilio = createTwilio({
    accountSid,
    authToken,
    limits: { buildsPerHour: 10_000 },
    domainName: ({ uniqueName, domainBase }) =>
      uniqueName === SERVICE ? DOMAIN_NAME : `${domainBase}.twil.io`,
  });
  const requests: RecordedRequest[] = [];
  const api = recordRequests('Twilio', withLatency(twilio.listener, latencyMs), requests);
  const edge = createEdge({
    liveBuild: () => twilio.liveBuild(DOMAIN_NAME),
    accountSid,
    authToken,
    domainName: DOMAIN_NAME,
    projectDirectory: project,
    directory: join(directory, 'builds'),
  });
  const logs = startFunctionLogs((line) => twilio.log(DOMAIN_NAME, line));
  const internet = await startInternet({
    'serverless.twilio.com': api,
    'serverless-upload.twilio.com': api,
    [DOMAIN_NAME]: logs.capture(edge.listener),
  });
  const takeBack = routeToLoopback(internet);
  const { s3, variables: bucketVariables } = await startSampleBucket();
  const s3Listener = recordRequests('S3', forwardTo(s3.endpoint), requests);
  const recordedS3 = recordsS3 ? await listen(s3Listener) : undefined;
  const { S3_BUCKET: bucket = '', S3_PREFIX: prefix = '' } = bucketVariables;
  for (const [key] of s3.store.sorted(bucket)) s3.store.delete(bucket, key);

  const variables = {
    ...bucketVariables,
    ...(recordedS3 && { S3_ENDPOINT: recordedS3.url }),
    ...more,
    ADMIN_SECRET: randomBytes(16).toString('hex'),
    ACCOUNT_SID: accountSid,
    AUTH_TOKEN: authToken,
  };
  const envFile = join(directory, 'env');
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(envFile, lines.join(''), { mode: 0o600 });
  const preload = bundlePreload(internet, directory);

  /** Deploys without latency, and without being counted. */
  const deploy = async () => {
    const direct = await listen(twilio.listener);
    const { ACCOUNT_SID: _sid, AUTH_TOKEN: _token, ...deployed } = variables;
    await deployProject({
      projectDirectory: project,
      apiOrigin: direct.url,
      accountSid,
      authToken,
      variables: deployed,
    });
    await direct.close();
  };
  await deploy();

  /** Calls the number to the end of the call. */
  const hear = (onEvent: (event: CallEvent) => void) => {
    const running = call({
      voiceUrl: `https://${DOMAIN_NAME}/voice`,
      accountSid,
      authToken,
      from: '+819012345678',
      to: '+815012345678',
      append: 'gather',
      digits: ['1', '9'],
      send: internet.send,
    });
    return resultOf(running, onEvent);
  };

  return {
    started: {
      envFile,
      variables,
      prefix,
      access: {
        endpoint: s3.endpoint,
        region: s3.region,
        credentials: s3.credentials,
        bucket,
      } satisfies S3Access,
      /** Lets a process reach this account by Twilio's host names. */
      environment: { NODE_OPTIONS: `--require ${JSON.stringify(preload)}` },
    },
    actions: {
      /** Replaces all objects of the bucket; the samples' keys are among them, as the flow names those. */
      fill({ count, small }: { readonly count: number; readonly small: boolean }) {
        for (const [key] of s3.store.sorted(bucket)) s3.store.delete(bucket, key);
        // Old, so that no sync waits for the end of a burst of uploads.
        const options = { lastModified: new Date(Date.now() - HOUR_MS) };
        for (let index = 0; index < count; index++) {
          s3.store.put(bucket, keyAt(prefix, index), mp3(`${index}`, small), options);
        }
      },
      /** Gives an object other bytes, an hour ago. */
      replace({ index, mark }: { readonly index: number; readonly mark: string }) {
        const lastModified = new Date(Date.now() - HOUR_MS);
        s3.store.put(bucket, keyAt(prefix, index), mp3(mark, false), { lastModified });
      },
      /**
       * Gives the greeting other bytes, now, and waits until a call plays them.
       *
       * @param sync has the deployment's /sync publish them; otherwise somebody else does
       */
      async replaceAndHear({ mark, sync }: { readonly mark: string; readonly sync: boolean }) {
        const content = mp3(mark, false);
        requests.length = 0;
        const replacedAt = performance.now();
        s3.store.put(bucket, prefix + GREETING, content);
        const synced = sync ? resultOf(syncRemotely(remoteSync(variables))) : undefined;
        const isLive = () =>
          twilio.liveBuild(DOMAIN_NAME)?.assets.some((asset) => asset.content.equals(content));
        while (!isLive()) await setTimeout(POLL_MS);
        const liveAt = performance.now();
        const recorded = [...requests];
        let heardAt: number | undefined;
        await hear((event) => {
          if (event.kind === 'media' && event.body?.equals(content)) heardAt ??= performance.now();
        });
        await synced;
        if (heardAt === undefined) throw new Error('the call does not play the new bytes');
        return phasesOf({ requests: recorded, replacedAt, liveAt, heardAt });
      },
      /** All objects, in the order of their keys. */
      objects: () => s3.store.sorted(bucket).map(([key, { body }]) => ({ key, content: body })),
      /** How many requests Twilio's API got since the last time. */
      countCalls: () => requests.splice(0).filter(({ to }) => to === 'Twilio').length,
      /** Deploys the project into a new Service: nothing was ever synced. */
      async startAfresh() {
        twilio.state.services.clear();
        await deploy();
      },
      /** What the last sync has made live. */
      live() {
        const { functions = [], assets = [] } = twilio.liveBuild(DOMAIN_NAME) ?? {};
        const manifest = functions.find(({ path }) => isManifestPath(path));
        return { assets: assets.length, manifestBytes: manifest?.content.length ?? 0 };
      },
      /** Calls the number to the end of the call. */
      async call(): Promise<CallEvent[]> {
        const events: CallEvent[] = [];
        await hear((event) => events.push(event));
        return events;
      },
      async stop() {
        takeBack();
        await internet.close();
        logs.stop();
        await edge.close();
        await recordedS3?.close();
        await s3.stop();
        rmSync(directory, { recursive: true, force: true });
      },
    },
  };
}

export type Account = Awaited<ReturnType<typeof openAccount>>;

/** The samples come first: the call flow names them. */
function keyAt(prefix: string, index: number): string {
  const sample = samplePrompts[index]?.file;
  return prefix + (sample ?? `${String(index).padStart(6, '0')}.mp3`);
}

/** An MP3 that differs from others by the mark at its end. */
function mp3(mark: string, small: boolean): Buffer {
  const [prompt] = samplePrompts;
  if (!prompt) throw new Error('there are no sample prompts');
  sample ??= readFileSync(promptPath(prompt));
  return Buffer.concat([small ? sample.subarray(0, SMALL_BYTES) : sample, Buffer.from(mark)]);
}
let sample: Buffer | undefined;

/** Holds each request up before it gets to the listener, as a distance does. */
function withLatency(listener: RequestListener, latencyMs: number): RequestListener {
  if (latencyMs === 0) return listener;
  return (request, response) => void setTimeout(latencyMs).then(() => listener(request, response));
}

/** How the deployment's /sync is called. */
function remoteSync({ ADMIN_SECRET: secret }: { readonly ADMIN_SECRET: string }) {
  const url = new URL('/sync', `https://${DOMAIN_NAME}`);
  return { url, secret, dryRun: false, force: false, clock: systemClock, budgetMs: 60_000 };
}
