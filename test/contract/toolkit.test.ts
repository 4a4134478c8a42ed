import { describe, expect, it } from '@jest/globals';
import { ACCOUNT_SID, AUTH_TOKEN, startRecorded } from '../helpers/contract/recorded';
import { toolkitClient } from '../helpers/sandbox/toolkit-client';

const account = { username: ACCOUNT_SID, password: AUTH_TOKEN, serviceName: 'prompts' };
const project = {
  ...account,
  functionsEnv: 'dev',
  env: { S3_BUCKET: 'prompts' },
  pkgJson: { dependencies: { '@twilio/runtime-handler': '2.0.1' } },
  runtime: 'node22',
  functions: [{ name: 'voice', path: '/voice', access: 'protected' as const, content: '//' }],
  assets: Array.from({ length: 60 }, (_, index) => ({
    name: `${index}.mp3`,
    path: `/${index}.mp3`,
    access: 'public' as const,
    content: Buffer.from('ID3'),
  })),
};

describe("the toolkit's client", () => {
  it('keeps to the description when it deploys twice, lists and changes variables', async () => {
    const recorded = await startRecorded();
    const client = toolkitClient(recorded.origin);
    await client.deployProject(project);
    const env = { S3_BUCKET: 'others', S3_REGION: 'eu-central-1' };
    const { serviceSid } = await client.deployProject({
      ...project,
      overrideExistingService: true,
      env,
    });
    const types = [
      'services',
      'environments',
      'functions',
      'assets',
      'variables',
      'builds',
    ] as const;
    const listed = await client.list({
      ...account,
      serviceSid,
      environment: 'dev',
      types: [...types],
    });
    expect(listed.assets?.entries).toHaveLength(60);
    const environment = { ...account, environment: 'dev', getValues: true, keys: [] };
    expect((await client.getEnvironmentVariables(environment)).variables).toHaveLength(2);
    await client.setEnvironmentVariables({ ...environment, env: { A: '1' }, append: false });

    const { operations, problems } = await recorded.check();
    // The toolkit gives environments a name, which Twilio ignores.
    expect(problems).toEqual([
      expect.stringMatching(/^CreateEnvironment .*form must NOT .*"FriendlyName"/),
    ]);
    expect(operations).toEqual(
      expect.arrayContaining([
        'CreateBuild',
        'CreateDeployment',
        'DeleteVariable',
        'FetchBuildStatus',
        'UpdateVariable',
        'UploadAssetVersion',
        'UploadFunctionVersion',
      ]),
    );
    expect(recorded.exchanges.some(({ target }) => target.includes('PageToken='))).toBe(true);
  });
});
