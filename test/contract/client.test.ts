import { describe, expect, it } from '@jest/globals';
import * as v from 'valibot';
import { type FileKind, Serverless } from '../../src/twilio/serverless';
import { Transport } from '../../src/twilio/transport';
import { FakeClock } from '../helpers/clock';
import {
  ACCOUNT_SID,
  AUTH_TOKEN,
  HANDLER,
  type Recorded,
  startRecorded,
} from '../helpers/contract/recorded';

interface Scene {
  readonly client: Serverless;
  readonly environment: string;
  readonly build: string;
  /** Of a Function with one version, so that its content can be read. */
  readonly functionSid: string;
  readonly functionVersion: string;
  readonly asset: string;
  readonly variable: { readonly sid: string; readonly key: string };
}

const text = { visibility: 'private', contentType: 'application/javascript' } as const;
const module_ = { ...text, path: '/f', content: Buffer.from('module.exports = 1;') };
const audio = {
  path: '/audio/a.mp3',
  visibility: 'public',
  contentType: 'audio/mpeg',
  content: Buffer.from('ID3'),
} as const;
const KINDS: readonly FileKind[] = ['Assets', 'Functions'];

/** Every method of the client, called once in each of its ways. */
const calls: Record<string, (scene: Scene) => Promise<unknown>> = {
  serviceIfAny: ({ client }) => client.serviceIfAny(),
  environment: ({ client, environment }) => client.environment(environment),
  environments: ({ client }) => client.environments(),
  createEnvironment: async ({ client }) => {
    await client.createEnvironment('production', undefined);
    await client.createEnvironment('test-environment', 'test');
  },
  variables: ({ client, environment }) => client.variables(environment),
  createVariable: ({ client, environment }) => client.createVariable(environment, 'NEW', 'value'),
  updateVariable: ({ client, environment, variable }) =>
    client.updateVariable(environment, variable, 'other'),
  deleteVariable: ({ client, environment, variable }) =>
    client.deleteVariable(environment, variable),
  deployments: ({ client, environment }) => client.deployments(environment),
  build: ({ client, build }) => client.build(build),
  buildIfAny: ({ client, build }) => client.buildIfAny(build),
  buildStatus: ({ client, build }) => client.buildStatus(build),
  builds: ({ client }) => drain(client.builds()),
  createBuild: ({ client, functionVersion }) => client.createBuild(contents(functionVersion)),
  deploy: ({ client, environment, build }) => client.deploy(environment, build),
  resources: ({ client }) => forEachKind((kind) => client.resources(kind)),
  createResource: ({ client }) => forEachKind((kind) => client.createResource(kind, 'name')),
  renameAsset: ({ client, asset }) => client.renameAsset(asset, 'other name'),
  deleteAsset: ({ client, asset }) => client.deleteAsset(asset),
  assetVersions: ({ client, asset }) => client.assetVersions(asset),
  upload: ({ client, asset }) => client.upload('Assets', asset, audio),
  functionContent: ({ client, functionSid, functionVersion }) =>
    client.functionContent(functionSid, functionVersion),
  deleteEnvironment: ({ client, environment }) => client.deleteEnvironment(environment),
  deleteService: ({ client }) => client.deleteService(),
};

const contents = (functionVersion: string) => ({
  assetVersions: [],
  functionVersions: [functionVersion],
  dependencies: HANDLER,
  runtime: 'node22',
});

const forEachKind = (run: (kind: FileKind) => Promise<unknown>) => Promise.all(KINDS.map(run));

async function drain(pages: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of pages);
}

/** A Service with an environment, a Build that is not live, a Function and an Asset. */
async function setScene({ origin, twilio }: Recorded): Promise<Scene> {
  const post = async (path: string, form: Record<string, string>): Promise<string> => {
    const basic = Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64');
    const response = await fetch(`${origin}/v1/Services${path}`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams(form),
    });
    return v.parse(v.object({ sid: v.string() }), await response.json()).sid;
  };
  await post('', { UniqueName: 'prompts', FriendlyName: 'Prompts' });
  const environment = await post('/prompts/Environments', {
    UniqueName: 'dev',
    DomainSuffix: 'dev',
  });
  const clock = new FakeClock();
  const transport = new Transport({ clock, deadline: Number.POSITIVE_INFINITY });
  const credential = { username: ACCOUNT_SID, password: AUTH_TOKEN };
  const account = { credential, apiOrigin: origin, transport };
  const client = new Serverless(account, 'prompts');
  const functionSid = await client.createResource('Functions', 'f');
  const functionVersion = await client.upload('Functions', functionSid, module_);
  const asset = await client.createResource('Assets', 'a');
  const key = 'S3_BUCKET';
  const variables = `/prompts/Environments/${environment}/Variables`;
  const variable = { sid: await post(variables, { Key: key, Value: 'prompts' }), key };
  const { sid: build } = await client.createBuild(contents(functionVersion));
  expect(twilio.state.services.size).toBe(1);
  return { client, environment, build, functionSid, functionVersion, asset, variable };
}

describe('our client of the Serverless API', () => {
  it('has no method that this test does not call', () => {
    const methods = Object.getOwnPropertyNames(Serverless.prototype);
    expect(Object.keys(calls).sort()).toEqual(methods.filter((it) => it !== 'constructor').sort());
  });

  it.each(Object.keys(calls))('%s keeps to the description', async (method) => {
    const recorded = await startRecorded();
    const scene = await setScene(recorded);
    const before = recorded.exchanges.length;
    await calls[method]?.(scene);
    expect(recorded.exchanges.length).toBeGreaterThan(before);
    expect((await recorded.check()).problems).toEqual([]);
  });

  it('reads a list of several pages', async () => {
    const recorded = await startRecorded();
    const { client, functionVersion } = await setScene(recorded);
    for (let built = 0; built < 45; built += 1) await client.createBuild(contents(functionVersion));
    let count = 0;
    for await (const page of client.builds()) count += page.length;
    expect(count).toBe(46);
    expect((await recorded.check()).problems).toEqual([]);
  });
});
