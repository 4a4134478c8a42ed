import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TwilioServerlessApiClient } from '@twilio-labs/serverless-api';
import * as v from 'valibot';
import { RUNTIME } from '../src/limits';

const packageJson = v.object({
  name: v.string(),
  dependencies: v.record(v.string(), v.string()),
});

export interface DeployOptions {
  /** Folder of the built project. */
  readonly projectDirectory: string;
  /** Origin of the API and of uploads. */
  readonly apiOrigin: string;
  readonly accountSid: string;
  readonly authToken: string;
  /** Variables of the environment. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface Deployed {
  readonly serviceSid: string;
  readonly environmentSid: string;
  readonly buildSid: string;
}

/** The environment that `twilio serverless:deploy` deploys to unless told otherwise. */
export const ENVIRONMENT = 'dev';

/**
 * Deploys the project as `twilio serverless:deploy` does: by the toolkit's own client, which uploads
 * Functions and assets, makes a Build of them and activates it.
 *
 * @throws {Error} what the toolkit's client throws
 */
export async function deployProject(options: DeployOptions): Promise<Deployed> {
  const { projectDirectory: cwd, accountSid, authToken, variables } = options;
  const pkgJson = v.parse(packageJson, JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8')));
  const client = new TwilioServerlessApiClient({ username: accountSid, password: authToken });
  redirectToolkit(client, options);
  const { serviceSid, environmentSid, buildSid } = await client.deployLocalProject({
    username: accountSid,
    password: authToken,
    cwd,
    envPath: join(cwd, '.env'),
    env: { ...variables },
    pkgJson,
    serviceName: pkgJson.name,
    overrideExistingService: true,
    functionsEnv: ENVIRONMENT,
    functionsFolderName: join('.twilioserverless', 'functions'),
    assetsFolderName: join('.twilioserverless', 'assets'),
    runtime: RUNTIME,
  });
  return { serviceSid, environmentSid, buildSid };
}

/** Sends the client's requests to the sandbox: the toolkit knows Twilio's hosts only. */
export function redirectToolkit(
  client: TwilioServerlessApiClient,
  { apiOrigin, accountSid, authToken }: Omit<DeployOptions, 'projectDirectory' | 'variables'>,
): void {
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  const redirected = client.getClient().extend({
    hooks: {
      beforeRequest: [
        ({ url, headers }) => {
          const { protocol, hostname, port } = new URL(apiOrigin);
          Object.assign(url, { protocol, hostname, port });
          // got drops the credentials of its options when the URL changes.
          headers.authorization = authorization;
        },
      ],
    },
  });
  Reflect.set(client, 'client', redirected);
}
