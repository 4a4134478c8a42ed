import { join } from 'node:path';
import { TwilioServerlessApiClient } from '@twilio-labs/serverless-api';
import { build } from 'esbuild';
import type { Twilio } from 'twilio';
import type { Account } from '../../src/config';
import { RUNTIME } from '../../src/limits';
import { askTwilio } from '../../src/twilio/errors';
import { PROJECT_DIRECTORY } from '../project';
import { silence } from './probes';

export const SERVICE_NAME = 'twilio-s3-play-live-check';

/** How to remove the Service by hand. */
export const REMOVE_BY_HAND = `Remove it by hand: twilio api:serverless:v1:services:remove --sid ${SERVICE_NAME}`;

/** The temporary Service, with the Functions that observe the test call. */
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
 * @throws {TwilioApiError} when Twilio refuses or cannot be reached
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
  /** Tells the log lines of this run from others. */
  readonly run: string;
  /** As package.json has them: Twilio installs them with the Functions. */
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Deploys the Functions that observe the test call. */
export async function deployService(
  { credential }: Account,
  { serviceSid, run, dependencies }: NewDeployment,
): Promise<TemporaryService> {
  const protectedAsset = {
    name: 'protected.mp3',
    path: '/protected.mp3',
    access: 'protected' as const,
    content: silence(),
  };
  const { environmentSid, domain } = await new TwilioServerlessApiClient(credential).deployProject({
    ...credential,
    serviceSid,
    serviceName: SERVICE_NAME,
    functionsEnv: 'dev',
    env: { LIVE_CHECK_RUN: run },
    pkgJson: { dependencies: { ...dependencies } },
    runtime: RUNTIME,
    functions: await bundleFunctions(),
    assets: [protectedAsset],
  });
  return { serviceSid, environmentSid, origin: `https://${domain}` };
}

const FUNCTIONS = [
  { file: 'voice.protected.ts', path: '/voice', access: 'protected' },
  { file: 'media.ts', path: '/media', access: 'public' },
] as const;

/** Each Function in one file, as `npm run build` bundles the project's. */
function bundleFunctions() {
  return Promise.all(
    FUNCTIONS.map(async ({ file, path, access }) => {
      const { outputFiles } = await build({
        entryPoints: [join(PROJECT_DIRECTORY, 'cli', 'live-check', 'functions', file)],
        bundle: true,
        minify: true,
        platform: 'node',
        target: 'node20',
        format: 'cjs',
        write: false,
      });
      return { name: path, path, access, content: outputFiles[0]?.text ?? '' };
    }),
  );
}

/**
 * Removes the Service by its name, so that nothing stays of a run that ended during its deployment.
 *
 * @throws {PlayError} when Twilio refuses or cannot be reached
 */
export async function removeService(client: Twilio): Promise<void> {
  const { services } = client.serverless.v1;
  const all = await askTwilio(`Looking for the Service ${SERVICE_NAME}`, () => services.list());
  await askTwilio(`Removing the Service ${SERVICE_NAME}`, async () => {
    for (const { sid } of all.filter(({ uniqueName }) => uniqueName === SERVICE_NAME)) {
      // Twilio may not remove a Service that has a live Build. Listed environments cannot remove
      // themselves: twilio 6.2.0 does not keep their SID.
      const { environments } = services(sid);
      const listed = await environments.list();
      for (const environment of listed) await environments(environment.sid).remove();
      await services(sid).remove();
    }
  });
}
