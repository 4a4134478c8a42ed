import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Deployed, deployProject } from './deploy';
import { makeDirectory } from './directory';
import { createEdge } from './edge/server';
import { keepFunctionLog } from './function-log';
import { type Listening, listen } from './listen';
import { seedPrompts } from './prompts';
import { type S3Server, startS3 } from './s3';
import { createTwilio, type Twilio } from './twilio';
import { BUCKET, deploymentVariables, PREFIX } from './variables';

export interface SandboxOptions {
  /** Where the edge listens; 0 takes any port that is free. */
  readonly port: number;
}

/** S3, Twilio's Serverless API and its edge on this machine, with the project deployed into them. */
export interface Sandbox {
  readonly s3: S3Server;
  readonly twilio: Twilio;
  readonly deployed: Deployed;
  /** Such as http://localhost:3000. */
  readonly publicOrigin: string;
  /** All variables that the command line needs to reach this sandbox. */
  readonly variables: SandboxVariables;
  /** A file with these variables. */
  readonly envFile: string;
  /** What the Functions log: one JSON object a line. */
  readonly logFile: string;
  stop(): Promise<void>;
}

export type SandboxVariables = Readonly<
  Record<
    | 'S3_BUCKET'
    | 'S3_REGION'
    | 'S3_PREFIX'
    | 'S3_ENDPOINT'
    | 'S3_ACCESS_KEY_ID'
    | 'S3_SECRET_ACCESS_KEY'
    | 'ADMIN_SECRET'
    | 'TWILIO_API_URL'
    | 'ACCOUNT_SID'
    | 'AUTH_TOKEN',
    string
  >
>;

const projectDirectory = join(__dirname, '..');

/**
 * Starts everything and deploys the project, as it would be deployed to Twilio.
 *
 * @throws {PlayError} when the port is taken; whatever was started is stopped again
 */
export async function startSandbox({ port }: SandboxOptions): Promise<Sandbox> {
  const directory = makeDirectory();
  const cleanUp: (() => Promise<void> | void)[] = [];
  const stop = async () => {
    for (const step of cleanUp.reverse()) await step();
  };
  try {
    cleanUp.push(() => rmSync(directory, { recursive: true, force: true }));
    const logFile = join(directory, 'functions.log');
    cleanUp.push(keepFunctionLog(logFile));
    const accountSid = `AC${randomBytes(16).toString('hex')}`;
    const authToken = randomBytes(16).toString('hex');

    // The edge first: its port is the domain that Twilio will know.
    let answer: Parameters<typeof listen>[0] = (_, response) => response.writeHead(404).end();
    const edgeServer = await track(listen((request, response) => answer(request, response), port));
    const domainName = `localhost:${edgeServer.port}`;
    const twilio = createTwilio({ accountSid, authToken, domainName: () => domainName });
    const api = await track(listen(twilio.listener));
    const edge = createEdge({
      liveBuild: () => twilio.liveBuild(domainName),
      accountSid,
      authToken,
      domainName,
      projectDirectory,
      directory: join(directory, 'builds'),
    });
    cleanUp.push(() => edge.close());
    answer = edge.listener;

    const s3 = await startS3({ buckets: [BUCKET] });
    cleanUp.push(() => s3.stop());
    seedPrompts(s3, BUCKET, PREFIX);

    const variables = { ...deploymentVariables(s3), TWILIO_API_URL: api.url };
    const deployed = await deployProject({
      projectDirectory,
      apiOrigin: variables.TWILIO_API_URL,
      accountSid,
      authToken,
      variables,
    });
    const all = { ...variables, ACCOUNT_SID: accountSid, AUTH_TOKEN: authToken };
    const envFile = join(directory, 'env');
    writeFileSync(envFile, toEnvFile(all), { mode: 0o600 });
    const publicOrigin = `http://${domainName}`;
    return { s3, twilio, deployed, publicOrigin, variables: all, envFile, logFile, stop };
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

function toEnvFile(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
