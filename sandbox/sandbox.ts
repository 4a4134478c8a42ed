import { randomBytes } from 'node:crypto';
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { format } from 'node:util';
import { PROJECT_DIRECTORY } from '../cli/project';
import type { BucketFile } from './bucket-files';
import { type Deployed, deployProject } from './deploy';
import { linkCurrent, makeDirectory } from './directory';
import { createEdge } from './edge/server';
import { type Listening, listen } from './listen';
import type { S3Server } from './s3';
import { startSampleBucket } from './sample-bucket';
import { createTwilio, type Twilio } from './twilio';

export interface SandboxOptions {
  /** Where the edge listens. 0 takes any port that is free. */
  readonly port: number;
  /** Variables of a deployment that has its own bucket. Default: an S3 server with the sample prompts. */
  readonly ownBucket?: Readonly<Record<string, string>>;
  /** Files in that S3 server's bucket beside the sample prompts, or in their place. */
  readonly ownFiles?: readonly BucketFile[];
}

/** S3, Twilio's Serverless API and its edge on this machine, with the project deployed into them. */
export interface Sandbox {
  /** Undefined where the deployment has its own bucket. */
  readonly s3: S3Server | undefined;
  readonly twilio: Twilio;
  readonly deployed: Deployed;
  /** Such as http://localhost:3000. */
  readonly publicOrigin: string;
  /** All variables that the command line needs to reach this sandbox. */
  readonly variables: AccountVariables & Readonly<Record<string, string>>;
  /** Holds the files below. It is removed at the end. */
  readonly directory: string;
  /** A file with these variables. */
  readonly envFile: string;
  /** What the Functions log: one JSON object a line. */
  readonly logFile: string;
  /** Puts something in front of the deployment, at the same origin. */
  putInFront(front: (deployment: RequestListener) => RequestListener): void;
  stop(): Promise<void>;
}

export type AccountVariables = Readonly<
  Record<'ADMIN_SECRET' | 'TWILIO_API_URL' | 'ACCOUNT_SID' | 'AUTH_TOKEN', string>
>;

/**
 * Starts everything and deploys the project, as it would be deployed to Twilio.
 *
 * @throws {PlayError} when the port is taken; whatever was started is stopped again
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { port, ownBucket, ownFiles } = options;
  const own = makeDirectory();
  const { path: directory, unlink } = linkCurrent(own);
  const cleanUp: (() => Promise<void> | void)[] = [];
  const stop = async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  };
  try {
    cleanUp.push(() => rmSync(own, { recursive: true, force: true }));
    cleanUp.push(unlink);
    const logFile = join(directory, 'functions.log');
    cleanUp.push(sendConsoleTo(logFile));
    const accountSid = `AC${randomBytes(16).toString('hex')}`;
    const authToken = randomBytes(16).toString('hex');

    // The edge listens first: its port is part of the domain that Twilio gives the environment.
    let answer: RequestListener = (_, response) => response.writeHead(404).end();
    const edgeServer = await track(listen((request, response) => answer(request, response), port));
    const domainName = `localhost:${edgeServer.port}`;
    // Whoever asks for a Build's status asks once a second: Builds that are ready at once save two.
    const twilio = createTwilio({
      accountSid,
      authToken,
      domainName: () => domainName,
      buildMs: 0,
    });
    const api = await track(listen(twilio.listener));
    const edge = createEdge({
      liveBuild: () => twilio.liveBuild(domainName),
      accountSid,
      authToken,
      domainName,
      projectDirectory: PROJECT_DIRECTORY,
      directory: join(own, 'builds'),
    });
    cleanUp.push(() => edge.close());
    answer = edge.listener;

    const sample = ownBucket ? undefined : await startSampleBucket(ownFiles);
    if (sample) cleanUp.push(() => sample.s3.stop());
    const variables = {
      ...(sample?.variables ?? ownBucket),
      ADMIN_SECRET: randomBytes(16).toString('hex'),
      TWILIO_API_URL: api.url,
    };
    const deployed = await deployProject({
      projectDirectory: PROJECT_DIRECTORY,
      apiOrigin: api.url,
      accountSid,
      authToken,
      variables,
    });
    const all = { ...variables, ACCOUNT_SID: accountSid, AUTH_TOKEN: authToken };
    const envFile = join(directory, 'env');
    writeFileSync(envFile, toEnvFile(all), { mode: 0o600 });
    const publicOrigin = `http://${domainName}`;
    return {
      s3: sample?.s3,
      twilio,
      deployed,
      publicOrigin,
      variables: all,
      directory,
      envFile,
      logFile,
      putInFront(front) {
        answer = front(edge.listener);
      },
      stop,
    };
  } catch (thrown) {
    await stop();
    throw thrown;
  }

  async function track(starting: Promise<Listening>): Promise<Listening> {
    const server = await starting;
    cleanUp.push(() => server.close());
    return server;
  }
}

/**
 * Sends what Functions write to the console to a file, as Twilio keeps it apart from the terminal.
 *
 * @returns puts the console back
 */
function sendConsoleTo(file: string): () => void {
  const { info, warn, error } = console;
  const append = (...parts: unknown[]) => appendFileSync(file, `${format(...parts)}\n`);
  Object.assign(console, { info: append, warn: append, error: append });
  return () => {
    Object.assign(console, { info, warn, error });
  };
}

/** Quotes values that an .env file cannot hold bare. */
function toEnvFile(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${quoted(value)}\n`)
    .join('');
}

function quoted(value: string): string {
  if (/^[\w./:@%,+=*-]*$/.test(value)) return value;
  const quote = ["'", '"', '`'].find((each) => !value.includes(each)) ?? "'";
  return quote + value + quote;
}
