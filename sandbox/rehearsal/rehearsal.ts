import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '../directory';
import { createEdge } from '../edge';
import { listen } from '../listen';
import { type S3Server, startS3 } from '../s3';
import { seedPrompts } from '../s3/seed';
import { createTwilio, type Twilio } from '../twilio';
import { BUCKET, deploymentVariables, PREFIX } from '../variables';
import { startFunctionLogs } from './function-logs';
import { type Internet, startInternet } from './internet';
import { type Exchange, recordExchanges } from './record';
import { createTelephony, type MediaHabits } from './telephony';

/** The domain that every environment gets, as Twilio composes it; there is one at a time. */
export const DOMAIN_NAME = 'rehearsal-1234-dev.twil.io';

export interface RehearsalOptions {
  /** Called once a request to Twilio's API, from whomever. */
  readonly onExchange?: (exchange: Exchange) => void;
  /** How calls that are made through the API fetch media. Default: as in 2019. */
  readonly mediaHabits?: MediaHabits;
  /** Beyond those that a deployment needs. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** S3, and a Twilio that is reached as the real one is: by its host names, with TLS, by a proxy. */
export interface Rehearsal {
  readonly s3: S3Server;
  readonly twilio: Twilio;
  readonly internet: Internet;
  readonly accountSid: string;
  readonly authToken: string;
  /** For a process that is to take this for the Internet, beside its own environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** What a deployment needs to reach this S3 and, from a Function, this Twilio. */
  readonly variables: Readonly<Record<string, string>>;
  /** A folder of this run's own, inside the project. */
  readonly directory: string;
  stop(): Promise<void>;
}

const projectDirectory = join(__dirname, '..', '..');

/** Starts a Twilio account with nothing in it, and a bucket with the sample prompts. */
export async function startRehearsal({
  onExchange = () => {},
  mediaHabits = { append: 'gather' },
  variables = {},
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
    const twilio = createTwilio({ accountSid, authToken, domainName: () => DOMAIN_NAME });
    const api = recordExchanges(twilio.listener, onExchange);
    const edge = createEdge({
      liveBuild: () => twilio.liveBuild(DOMAIN_NAME),
      accountSid,
      authToken,
      domainName: DOMAIN_NAME,
      projectDirectory,
      directory: join(directory, 'builds'),
    });
    cleanUp.push(() => edge.close());
    const logs = startFunctionLogs((line) => twilio.log(DOMAIN_NAME, line));
    cleanUp.push(logs.stop);

    const telephony = createTelephony(twilio, {
      ...mediaHabits,
      send: (request) => internet.send(request),
    });
    const calls = recordExchanges(telephony, onExchange);
    const internet = await startInternet({
      'serverless.twilio.com': api,
      'serverless-upload.twilio.com': api,
      'api.twilio.com': calls,
      'monitor.twilio.com': calls,
      [DOMAIN_NAME]: logs.capture(edge.listener),
    });
    cleanUp.push(() => internet.close());
    const authority = join(directory, 'authority.pem');
    writeFileSync(authority, internet.authority);

    // A Function runs in this process, whose HTTP client knows no proxy.
    const direct = await listen(api);
    cleanUp.push(() => direct.close());
    const s3 = await startS3({ buckets: [BUCKET], directory });
    cleanUp.push(() => s3.stop());
    await seedPrompts(s3, BUCKET, PREFIX);

    return {
      s3,
      twilio,
      internet,
      accountSid,
      authToken,
      environment: { HTTP_PROXY: internet.proxyUrl, NODE_EXTRA_CA_CERTS: authority },
      variables: {
        ...deploymentVariables(s3, direct.url),
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
