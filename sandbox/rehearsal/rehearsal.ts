import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { PROJECT_DIRECTORY } from '../../cli/project';
import type { ApiCredential } from '../../src/config';
import { makeDirectory } from '../directory';
import { createEdge } from '../edge/server';
import type { S3Server } from '../s3';
import { startSampleBucket } from '../sample-bucket';
import { createTwilio, type MediaHabits, type Twilio } from '../twilio';
import { bundlePreload } from './bundle-preload';
import { startFunctionLogs } from './function-logs';
import { type Internet, startInternet } from './internet';
import { routeToLoopback } from './loopback';
import { type RecordedExchange, recordExchanges } from './recorder';

/** The domain of the environment that can be reached, as Twilio composes it. */
export const DOMAIN_NAME = domainOf('dev');

function domainOf(suffix: string | null): string {
  return `rehearsal-1234${suffix === null ? '' : `-${suffix}`}.twil.io`;
}

export interface RehearsalOptions {
  /** Called once for each request to Twilio's API. */
  readonly onExchange?: (exchange: RecordedExchange) => void;
  /** How calls that are made through the API fetch media. Default: as in 2019. */
  readonly mediaHabits?: MediaHabits;
  /** Beyond those that a deployment needs. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Stands in front of the deployment, such as to hold requests. Default: nothing. */
  readonly front?: (deployment: RequestListener) => RequestListener;
  /** Let commands reach Twilio through a proxy, as in a company's network. Default: directly. */
  readonly proxy?: boolean;
}

/** S3, and a Twilio that is reached as the real one is: by its host names, with TLS. */
export interface Rehearsal {
  readonly s3: S3Server;
  readonly twilio: Twilio;
  readonly internet: Internet;
  readonly accountSid: string;
  readonly authToken: string;
  /** An API key of the account. */
  readonly apiKey: ApiCredential;
  /** PEM file of the authority that issued the certificate of Twilio's hosts. */
  readonly authorityFile: string;
  /** Variables that let a process reach this Twilio, beside its own environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables of a deployment that uses this S3. */
  readonly variables: Readonly<Record<string, string>>;
  /** A folder of this run's own, inside the project. */
  readonly directory: string;
  stop(): Promise<void>;
}

/** Starts a Twilio account with nothing in it, and a bucket with the sample prompts. */
export async function startRehearsal({
  onExchange = () => {},
  mediaHabits = { append: 'gather' },
  variables = {},
  front = (deployment) => deployment,
  proxy = false,
}: RehearsalOptions = {}): Promise<Rehearsal> {
  const directory = makeDirectory('rehearsal-');
  const cleanUp: (() => Promise<void> | void)[] = [];
  const stop = async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  };
  try {
    cleanUp.push(() => rmSync(directory, { recursive: true, force: true }));
    const accountSid = `AC${randomBytes(16).toString('hex')}`;
    const authToken = randomBytes(16).toString('hex');
    const apiKey = {
      username: `SK${randomBytes(16).toString('hex')}`,
      password: randomBytes(16).toString('hex'),
    };
    const twilio = createTwilio({
      accountSid,
      authToken,
      apiKeys: { [apiKey.username]: apiKey.password },
      domainName: (_, { domainSuffix }) => domainOf(domainSuffix),
      phone: { ...mediaHabits, send: (request) => internet.send(request) },
    });
    const api = recordExchanges(twilio.listener, onExchange);
    const edge = createEdge({
      liveBuild: () => twilio.liveBuild(DOMAIN_NAME),
      accountSid,
      authToken,
      domainName: DOMAIN_NAME,
      projectDirectory: PROJECT_DIRECTORY,
      directory: join(directory, 'builds'),
    });
    cleanUp.push(() => edge.close());
    const logs = startFunctionLogs((line) => twilio.log(DOMAIN_NAME, line));
    cleanUp.push(logs.stop);

    const internet = await startInternet({
      'serverless.twilio.com': api,
      'serverless-upload.twilio.com': api,
      'api.twilio.com': api,
      'monitor.twilio.com': api,
      [DOMAIN_NAME]: front(logs.capture(edge.listener)),
    });
    cleanUp.push(() => internet.close());
    // Functions run in this process. The twilio library would go through the user's own proxy.
    delete process.env.HTTP_PROXY;
    cleanUp.push(routeToLoopback(internet));
    const authorityFile = join(directory, 'authority.pem');
    writeFileSync(authorityFile, internet.authority);

    const { s3, variables: bucketVariables } = await startSampleBucket();
    cleanUp.push(() => s3.stop());

    return {
      s3,
      twilio,
      internet,
      accountSid,
      authToken,
      apiKey,
      authorityFile,
      environment: proxy
        ? { HTTP_PROXY: internet.proxyUrl, NODE_EXTRA_CA_CERTS: authorityFile }
        : { NODE_OPTIONS: `--require ${JSON.stringify(bundlePreload(internet, directory))}` },
      variables: {
        ...bucketVariables,
        ADMIN_SECRET: randomBytes(16).toString('hex'),
        ...variables,
      },
      directory,
      stop,
    };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}
