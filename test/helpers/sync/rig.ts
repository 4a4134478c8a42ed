import { readFileSync } from 'node:fs';
import {
  DeleteObjectCommand,
  PutObjectCommand,
  S3Client,
  type StorageClass,
} from '@aws-sdk/client-s3';
import { createEdge, type Edge } from '../../../sandbox/edge/server';
import type { HostedBuild, HostedFile } from '../../../sandbox/hosted-build';
import { type Listening, listen } from '../../../sandbox/listen';
import { promptPath, samplePrompts } from '../../../sandbox/prompts';
import type { Internet } from '../../../sandbox/rehearsal/internet';
import type { LoopbackHosts } from '../../../sandbox/rehearsal/loopback';
import { type S3Server, startS3 } from '../../../sandbox/s3';
import { createTwilio, type Twilio, type TwilioOptions } from '../../../sandbox/twilio';
import { createFile, filesOf } from '../../../sandbox/twilio/assets-and-functions';
import { createBuild } from '../../../sandbox/twilio/builds';
import { deploy } from '../../../sandbox/twilio/deployments';
import { createEnvironment, type Environment } from '../../../sandbox/twilio/environments';
import { createService, type Service } from '../../../sandbox/twilio/services';
import { addVersion, type FileVersion } from '../../../sandbox/twilio/versions';
import { type Clock, systemClock } from '../../../src/clock';
import type { S3Config } from '../../../src/config';
import { SLICE_GRACE_MS } from '../../../src/limits';
import { resultOf } from '../../../src/result';
import { PromptBucket } from '../../../src/s3/prompts';
import type { SyncEvent, SyncOutcome } from '../../../src/sync';
import { assetPath, isAssetPath } from '../../../src/sync/asset-path';
import { carryOverOf, fingerprint } from '../../../src/sync/carry-over';
import { type RunOptions, run } from '../../../src/sync/run';
import { Serverless } from '../../../src/twilio/serverless';
import { Transport } from '../../../src/twilio/transport';
import { evenlySpread, FakeClock } from '../clock';
import { serveTwilioHosts } from '../twilio-hosts';
import { RUN_OPTIONS } from './run-options';
import type { ScaleOrder } from './scale-process';
import { forwardTo, refuseLocked, Wire } from './wire';

const ACCOUNT_SID = `AC${'0'.repeat(32)}`;
const AUTH_TOKEN = 'a token for tests';
const CREDENTIAL = { username: ACCOUNT_SID, password: AUTH_TOKEN };
const DOMAIN = 'localhost:1';
export const HOUR = 3_600_000;

/** Content of each bucket, by key. */
export type Objects = Readonly<Record<string, Buffer>>;

/** An MP3 that differs from others: a spoken prompt, and the mark after it. */
export function audio(mark: string): Buffer {
  const [prompt] = samplePrompts;
  if (!prompt) throw new Error('There are no sample prompts.');
  return Buffer.concat([readFileSync(promptPath(prompt)), Buffer.from(mark)]);
}

/** An S3 server with some buckets: one for each state of the prompts. */
export class Buckets {
  readonly #client: S3Client;
  /** Those that use them and have not been stopped, as after a test that failed. */
  readonly rigs = new Set<Rig>();

  private constructor(
    readonly server: S3Server,
    readonly contents: Readonly<Record<string, Objects>>,
  ) {
    const { endpoint, region, credentials } = server;
    this.#client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  }

  static async start(contents: Readonly<Record<string, Objects>>): Promise<Buckets> {
    const server = await startS3({ buckets: Object.keys(contents) });
    const buckets = new Buckets(server, contents);
    for (const [bucket, objects] of Object.entries(contents)) {
      for (const [key, body] of Object.entries(objects)) await buckets.put(bucket, key, body);
    }
    return buckets;
  }

  async put(bucket: string, key: string, body: Buffer, storageClass?: StorageClass): Promise<void> {
    await this.#client.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, StorageClass: storageClass }),
    );
  }

  async remove(bucket: string, key: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  }

  async stop(): Promise<void> {
    for (const rig of this.rigs) await rig.stop();
    this.#client.destroy();
    await this.server.stop();
  }
}

export interface RunResult {
  readonly outcome: SyncOutcome | undefined;
  /** What the run threw. */
  readonly error: unknown;
  readonly events: readonly SyncEvent[];
}

/** One Service with one deployed environment, and runs that sync a bucket into it. */
export class Rig {
  /** An hour ahead, so that the buckets are quiet. */
  #fakeClock = new FakeClock({ startMs: Date.now() + HOUR, random: evenlySpread() });
  #realTime = false;
  #shared = false;
  readonly wire = new Wire();
  /** Changes a listing on its way to the run. */
  rewriteListing: (body: string) => string = (body) => body;
  /** Keys of objects that S3 lists and does not give. */
  readonly locked = new Set<string>();
  /** Whether it gives the first bytes of those. */
  givesFirstBytes = false;
  readonly twilio: Twilio;
  readonly service: Service;
  readonly environment: Environment;
  #listening: Listening[] = [];
  #internet: Internet | undefined;
  #edge: Edge | undefined;
  #origins = { s3: '', edge: '' };
  #deploys = 0;

  constructor(
    readonly buckets: Buckets,
    options: Partial<TwilioOptions> = {},
  ) {
    this.twilio = createTwilio({
      accountSid: ACCOUNT_SID,
      authToken: AUTH_TOKEN,
      now: () => this.time,
      buildMs: 1500,
      domainName: (_, { domainSuffix }) =>
        domainSuffix === 'dev' ? DOMAIN : `${domainSuffix}.test`,
      ...options,
    });
    this.service = createService(this.twilio.state, {
      uniqueName: 'twilio-s3-play',
      friendlyName: 'twilio-s3-play',
      includeCredentials: true,
      uiEditable: false,
    });
    this.environment = this.addEnvironment('dev');
  }

  get time(): number {
    return this.clock.now().getTime();
  }

  set time(milliseconds: number) {
    this.#fakeClock.time = milliseconds;
  }

  /** From now on time passes by itself, and sleeping takes it. */
  followRealTime(): void {
    this.#realTime = true;
  }

  /** From now on runs share the time: it moves only when every one of them sleeps. */
  shareTime(): FakeClock {
    this.#shared = true;
    return this.#fakeClock;
  }

  async start(): Promise<this> {
    this.buckets.rigs.add(this);
    const edge = createEdge({
      liveBuild: () => this.live,
      accountSid: ACCOUNT_SID,
      authToken: AUTH_TOKEN,
      domainName: DOMAIN,
      projectDirectory: process.cwd(),
      directory: `.sandbox/rig-${process.pid}`,
    });
    this.#edge = edge;
    const serve = async (listener: Parameters<typeof listen>[0]) => {
      const listening = await listen(listener);
      this.#listening.push(listening);
      return listening.url;
    };
    this.#origins = {
      s3: await serve(
        this.wire.wrap(
          'S3',
          refuseLocked(
            (key, range) => this.locked.has(key) && !(this.givesFirstBytes && range),
            forwardTo(this.buckets.server.endpoint, (body) => this.rewriteListing(body)),
          ),
        ),
      ),
      edge: await serve(edge.listener),
    };
    this.#internet = await serveTwilioHosts(this.wire.wrap('Twilio', this.twilio.listener));
    return this;
  }

  async stop(): Promise<void> {
    this.buckets.rigs.delete(this);
    await this.#internet?.close();
    await Promise.all(this.#listening.map((listening) => listening.close()));
    await this.#edge?.close();
  }

  addEnvironment(suffix: string): Environment {
    return createEnvironment(this.twilio.state, this.service, {
      uniqueName: `${suffix}-environment`,
      domainSuffix: suffix,
    });
  }

  /**
   * Deploys as the toolkit does: new code, its own assets, and nothing of the sync's.
   *
   * @param publicAssets how many it brings; each takes one of the Build's places for prompts
   */
  toolkitDeploy(
    environment = this.environment,
    publicAssets = 1,
    functions: readonly string[] = ['/voice', '/menu'],
  ): string {
    const mark = `deploy ${++this.#deploys}`;
    const version = (
      kind: 'Assets' | 'Functions',
      path: string,
      visibility: HostedFile['visibility'],
    ) => this.#addVersion(kind, path, visibility, mark).sid;
    const build = createBuild(this.twilio.state, this.service, {
      functionVersions: functions.map((path) => version('Functions', path, 'protected')),
      assetVersions: [
        version('Assets', '/call-flow.json', 'private'),
        ...Array.from({ length: publicAssets }, (_, index) =>
          version('Assets', `/logo${index || ''}.png`, 'public'),
        ),
      ],
      dependencies: [{ name: '@twilio/runtime-handler', version: '2.0.1' }],
      runtime: 'node22',
    });
    return this.activate(build.sid, environment);
  }

  /** Builds new code as a deploy does: in an environment of its own, which is removed again. */
  stageCode(functions?: readonly string[]): string {
    const staging = this.addEnvironment('staging');
    const buildSid = this.toolkitDeploy(staging, 1, functions);
    this.service.environments.delete(staging.sid);
    return buildSid;
  }

  /** Runs a deploy of staged code, together with the prompts of a bucket. */
  async deploy(bucketName: string, staged: string): Promise<RunResult> {
    const { fault, before } = this.wire;
    this.wire.reset();
    const twilio = this.serverless(Number.POSITIVE_INFINITY);
    const { build: live } = this.environment;
    const replaces = live && fingerprint(carryOverOf(await twilio.build(live.sid)));
    const code = { build: await twilio.build(staged), replaces };
    this.wire.reset();
    Object.assign(this.wire, { fault, before });
    return this.run(bucketName, { code });
  }

  /** Makes a completed Build live, as a rollback does. */
  activate(buildSid: string, environment = this.environment): string {
    const build = this.service.builds.get(buildSid);
    if (build) Reflect.set(build, 'readyAt', this.time);
    deploy(this.twilio.state, this.service, environment, buildSid);
    return buildSid;
  }

  #addVersion(
    kind: 'Assets' | 'Functions',
    path: string,
    visibility: HostedFile['visibility'],
    content: string,
  ): FileVersion {
    const { state } = this.twilio;
    const files = [...filesOf(this.service, kind).values()];
    const file =
      files.find(({ friendlyName }) => friendlyName === path) ??
      createFile(state, this.service, kind, path);
    const contentType = 'application/octet-stream';
    return addVersion(state, file, {
      path,
      visibility,
      content: Buffer.from(content),
      contentType,
    });
  }

  /** The live Build. */
  get live(): HostedBuild {
    const live = this.twilio.liveBuild(this.environment.sid);
    if (!live) throw new Error('Nothing is live.');
    return live;
  }

  /** Paths and contents of the prompts that are live. */
  get liveAudio(): Map<string, Buffer> {
    const ours = this.live.assets.filter(({ path }) => isAssetPath(path));
    return new Map(ours.map(({ path, content }) => [path, content]));
  }

  /** The status of an Asset's URL, as a call in progress gets it. */
  async statusOf(path: string): Promise<number> {
    const response = await fetch(this.#origins.edge + path);
    await response.arrayBuffer();
    return response.status;
  }

  /** How often each path was uploaded, in all. */
  get uploads(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { versions } of this.service.assets.values()) {
      for (const { path } of versions.values()) counts.set(path, (counts.get(path) ?? 0) + 1);
    }
    return counts;
  }

  /** Path → content of what the sync must make of a bucket. */
  async expected(bucket: string): Promise<Map<string, Buffer>> {
    const reader = this.#bucket(bucket, this.buckets.server.endpoint);
    const listing = await reader.list();
    reader.close();
    const objects = this.buckets.contents[bucket] ?? {};
    return new Map(
      listing
        .filter(({ key }) => key.endsWith('.mp3'))
        .map(({ key, etag }) => [assetPath(key, etag), objects[key] ?? Buffer.alloc(0)]),
    );
  }

  get clock(): Clock {
    return this.#realTime ? systemClock : this.#fakeClock;
  }

  #s3Config(bucket: string, endpoint: string): S3Config {
    const { region, credentials: keys } = this.buckets.server;
    const credentials = { kind: 'access key', keys } as const;
    return { bucket, region, prefix: '', endpoint, addressingStyle: 'auto', credentials };
  }

  #bucket(bucket: string, endpoint: string, deadline = Number.POSITIVE_INFINITY): PromptBucket {
    return new PromptBucket(this.#s3Config(bucket, endpoint), { clock: this.clock, deadline });
  }

  /** Where Twilio is reached. */
  get internet(): Internet {
    if (!this.#internet) throw new Error('The rig is not started.');
    return this.#internet;
  }

  /** The same for another process. */
  get hosts(): LoopbackHosts {
    const { hosts, port, authority } = this.internet;
    return { hosts, port, authority };
  }

  /** What a run in another process needs to reach this rig. */
  order(bucket: string): ScaleOrder {
    return {
      s3: this.#s3Config(bucket, this.#origins.s3),
      twilio: { credential: CREDENTIAL, apiOrigin: undefined },
      service: this.service.sid,
      environmentSid: this.environment.sid,
    };
  }

  /** What the deployed Functions are given to sync this bucket. */
  context(bucket: string): Record<string, string> {
    const { region, credentials } = this.buckets.server;
    return {
      S3_BUCKET: bucket,
      S3_REGION: region,
      S3_ENDPOINT: this.#origins.s3,
      S3_ACCESS_KEY_ID: credentials.accessKeyId,
      S3_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      SYNC_QUIET_SECONDS: '0',
      ADMIN_SECRET: 'a secret of more than thirty-two characters',
      ACCOUNT_SID,
      AUTH_TOKEN,
      SERVICE_SID: this.service.sid,
      ENVIRONMENT_SID: this.environment.sid,
    };
  }

  /** Asks Twilio's API about the Service until epoch milliseconds. */
  serverless(deadline: number): Serverless {
    const transport = new Transport({ clock: this.clock, deadline });
    return new Serverless(
      { credential: CREDENTIAL, apiOrigin: undefined, transport },
      this.service.sid,
    );
  }

  /** Runs the sync of one bucket to its end, or to the error that ended it. */
  async run(bucketName: string, options: Partial<RunOptions> = {}): Promise<RunResult> {
    const { clock, environment } = this;
    const { deadline = this.time + 10 * 60_000 } = options;
    const end = deadline + SLICE_GRACE_MS;
    const twilio = this.serverless(end);
    const bucket = this.#bucket(bucketName, this.#origins.s3, end);
    const steps = run({
      bucket,
      twilio,
      environment: { sid: environment.sid },
      clock,
      deadline,
      concurrency: 2,
      ...RUN_OPTIONS,
      // As a slice does, which has little time.
      isSlice: options.deadline !== undefined,
      ...options,
    });
    const events: SyncEvent[] = [];
    const finish = () => resultOf(steps, (event) => events.push(event));
    try {
      const outcome = await (this.#shared ? this.#fakeClock.during(finish) : finish());
      return { outcome, error: undefined, events };
    } catch (error) {
      return { outcome: undefined, error, events };
    } finally {
      bucket.close();
    }
  }
}
