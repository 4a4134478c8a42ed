import { TwilioServerlessApiClient } from '@twilio-labs/serverless-api';
import type { Twilio } from 'twilio';
import type { Account } from '../../src/config';
import { RUNTIME } from '../../src/limits';
import { askTwilio } from '../../src/twilio/errors';
import { bundleFunctions } from './bundle';
import { silence } from './silence';

export const SERVICE_NAME = 'twilio-s3-play-live-check';

/** How to remove the Service by hand. */
export const REMOVE_BY_HAND = `Remove it by hand: twilio api:serverless:v1:services:remove --sid ${SERVICE_NAME}`;

/** The temporary Service, with the Functions that watch the test call. */
export interface TemporaryService {
  /** ZS… */
  readonly serviceSid: string;
  /** ZE… */
  readonly environmentSid: string;
  /** Such as https://name-1234-dev.twil.io. */
  readonly origin: string;
}

/**
 * Makes the Service, with nothing in it.
 *
 * @throws {TwilioError} when Twilio refuses or cannot be reached
 */
export async function createService(client: Twilio): Promise<string> {
  const service = {
    uniqueName: SERVICE_NAME,
    friendlyName: SERVICE_NAME,
    includeCredentials: true,
  };
  const { sid } = await askTwilio(`Making the Service ${SERVICE_NAME}`, () =>
    client.serverless.v1.services.create(service),
  );
  return sid;
}

export interface NewDeployment {
  /** ZS… */
  readonly serviceSid: string;
  /** Tells this run's log lines from others'. */
  readonly run: string;
  /** As package.json has them: Twilio installs them with the Functions. */
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Deploys the Functions that watch the test call. */
export async function deployService(
  { accountSid, authToken }: Account,
  { serviceSid, run, dependencies }: NewDeployment,
): Promise<TemporaryService> {
  const account = { username: accountSid, password: authToken };
  const functions = await bundleFunctions();
  const protectedAsset = {
    name: 'protected.mp3',
    path: '/protected.mp3',
    access: 'protected' as const,
    content: silence(1),
  };
  const { environmentSid, domain } = await new TwilioServerlessApiClient(account).deployProject({
    ...account,
    serviceSid,
    serviceName: SERVICE_NAME,
    functionsEnv: 'dev',
    env: { LIVE_CHECK_RUN: run },
    pkgJson: { dependencies: { ...dependencies } },
    runtime: RUNTIME,
    functions: functions.map((file) => ({ ...file, name: file.path })),
    assets: [protectedAsset],
  });
  return { serviceSid, environmentSid, origin: `https://${domain}` };
}

/**
 * Removes the Service by its name, so that nothing stays of a run that ended half-way through its
 * deployment either.
 *
 * @throws {PlayError} when Twilio refuses or cannot be reached
 */
export async function removeService(client: Twilio): Promise<void> {
  const { services } = client.serverless.v1;
  const all = await askTwilio(`Looking for the Service ${SERVICE_NAME}`, () => services.list());
  await askTwilio(`Removing the Service ${SERVICE_NAME}`, async () => {
    for (const { sid } of all.filter(({ uniqueName }) => uniqueName === SERVICE_NAME)) {
      // A live Build may keep its Service from being removed. Listed environments cannot remove
      // themselves: twilio 6.2.0 forgets their SID.
      const { environments } = services(sid);
      const listed = await environments.list();
      for (const environment of listed) await environments(environment.sid).remove();
      await services(sid).remove();
    }
  });
}
