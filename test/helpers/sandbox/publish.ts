import { setTimeout as delay } from 'node:timers/promises';
import type { AccountVariables } from '../../../sandbox/sandbox';
import { systemClock } from '../../../src/clock';
import { isManifestPath } from '../../../src/manifest';
import type { Version } from '../../../src/twilio/resources';
import { type FileKind, Serverless } from '../../../src/twilio/serverless';
import { Transport } from '../../../src/twilio/transport';

const SERVICE = 'twilio-s3-play';
const MINUTE = 60_000;

/** A sandbox with the project deployed into it. */
export interface DeployedSandbox {
  readonly variables: AccountVariables;
}

export function serverless({ variables }: DeployedSandbox): Serverless {
  const { ACCOUNT_SID: username, AUTH_TOKEN: password, TWILIO_API_URL: apiOrigin } = variables;
  const transport = new Transport({ clock: systemClock, deadline: Date.now() + 10 * MINUTE });
  return new Serverless({ credential: { username, password }, apiOrigin, transport }, SERVICE);
}

/**
 * Gives the deployment another value of a variable that it has. The next request gets it.
 *
 * @returns the value that it had
 */
export async function setVariable(
  sandbox: DeployedSandbox,
  key: string,
  value: string,
): Promise<string> {
  const twilio = serverless(sandbox);
  const [environment] = await twilio.environments();
  const variables = environment ? await twilio.variables(environment.sid) : [];
  const variable = variables.find((each) => each.key === key);
  if (!environment || !variable) throw new Error(`the deployment has no variable ${key}`);
  await twilio.updateVariable(environment.sid, variable, value);
  return variable.value;
}

/** Makes a Build live that is like the live one, but for the call flow's text. */
export function publishFlow(sandbox: DeployedSandbox, json: string): Promise<void> {
  const isFlow = ({ path }: Version) => path === '/call-flow.json';
  return replaceInBuild(sandbox, 'Assets', isFlow, json);
}

/** Makes a Build live that is like the live one, but for the manifest's source. */
export function publishManifest(sandbox: DeployedSandbox, source: string): Promise<void> {
  return replaceInBuild(sandbox, 'Functions', ({ path }) => isManifestPath(path), source);
}

async function replaceInBuild(
  sandbox: DeployedSandbox,
  kind: FileKind,
  isReplaced: (version: Version) => boolean,
  content: string,
): Promise<void> {
  const twilio = serverless(sandbox);
  const [environment] = await twilio.environments();
  const live = await twilio.build(environment?.buildSid ?? '');
  const replaced = (kind === 'Assets' ? live.assets : live.functions).find(isReplaced);
  if (!environment || !replaced) throw new Error('the live Build does not hold what to replace');
  const { path, visibility, resourceSid } = replaced;
  const contentType = kind === 'Assets' ? 'application/json' : 'application/javascript';
  const version = { path, visibility, content: Buffer.from(content), contentType };
  const uploaded = await twilio.upload(kind, resourceSid, version);
  const sids = (versions: readonly Version[]) =>
    versions.map((each) => (each === replaced ? uploaded : each.sid));
  const { sid } = await twilio.createBuild({
    assetVersions: sids(live.assets),
    functionVersions: sids(live.functions),
    dependencies: live.dependencies,
    runtime: live.runtime,
  });
  while ((await twilio.buildStatus(sid)) === 'building') await delay(50);
  await nextSecond(twilio, environment.sid);
  await twilio.deploy(environment.sid, sid);
}

/** Waits for the next second: Twilio dates Deployments to the second, which orders them. */
export async function nextSecond(twilio: Serverless, environmentSid: string): Promise<void> {
  const deployments = await twilio.deployments(environmentSid);
  const newest = Math.max(...deployments.map(({ createdAt }) => createdAt.getTime()));
  await delay(Math.max(0, newest + 1000 - Date.now()));
}
