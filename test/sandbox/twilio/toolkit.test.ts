import { describe, expect, it } from '@jest/globals';
import { toolkitClient } from '../../helpers/sandbox/toolkit-client';
import {
  ACCOUNT_SID,
  Api,
  AUTH_TOKEN,
  HOUR,
  serve,
  start,
} from '../../helpers/sandbox/twilio-harness';

const project = {
  username: ACCOUNT_SID,
  password: AUTH_TOKEN,
  serviceName: 'prompts',
  functionsEnv: 'dev',
  env: { S3_BUCKET: 'prompts' },
  pkgJson: { dependencies: { twilio: '6.2.0', '@twilio/runtime-handler': '2.0.1' } },
  runtime: 'node22',
  functions: [
    { name: 'voice', path: '/voice', access: 'protected' as const, content: 'exports.handler=1' },
  ],
  assets: [
    { name: 'a.mp3', path: '/a.mp3', access: 'public' as const, content: Buffer.from('ID3') },
    { name: 'flow.json', path: '/flow.json', access: 'private' as const, content: '{}' },
  ],
};

describe('the toolkit’s client', () => {
  it('deploys Functions, Assets and variables', async () => {
    const api = await start();
    const result = await toolkitClient(api.url).deployProject(project);
    const live = api.twilio.liveBuild(result.domain);
    expect(live).toMatchObject({
      buildSid: result.buildSid,
      serviceSid: result.serviceSid,
      environmentSid: result.environmentSid,
      variables: { S3_BUCKET: 'prompts' },
    });
    expect(live?.functions).toMatchObject([
      { path: '/voice', visibility: 'protected', contentType: 'application/javascript' },
    ]);
    expect(live?.assets).toMatchObject([
      { path: '/a.mp3', visibility: 'public', contentType: 'audio/mpeg' },
      { path: '/flow.json', visibility: 'private', contentType: 'application/json' },
    ]);
    expect(live?.assets[0]?.content.toString()).toBe('ID3');
  });

  it('deploys again into the same Service, with the same Assets and Functions', async () => {
    const api = await start();
    const first = await toolkitClient(api.url).deployProject(project);
    await expect(toolkitClient(api.url).deployProject(project)).rejects.toMatchObject({
      name: 'conflicting-servicename',
    });
    const second = await toolkitClient(api.url).deployProject({
      ...project,
      overrideExistingService: true,
      env: { S3_BUCKET: 'other' },
    });
    expect(second.buildSid).not.toBe(first.buildSid);
    expect(second.environmentSid).toBe(first.environmentSid);
    const assets = `/Services/prompts/Assets`;
    expect((await api.get(assets)).body.assets).toHaveLength(2);
    expect(api.twilio.liveBuild(second.domain)?.variables).toEqual({ S3_BUCKET: 'other' });
  });

  it('lists what it deployed', async () => {
    const api = await start();
    const { serviceSid, environmentSid, buildSid } = await toolkitClient(api.url).deployProject(
      project,
    );
    const listed = await toolkitClient(api.url).list({
      username: ACCOUNT_SID,
      password: AUTH_TOKEN,
      types: ['environments', 'builds', 'functions', 'assets', 'variables'],
      serviceSid,
      environment: 'dev',
    });
    expect(listed.environments).toMatchObject([{ sid: environmentSid, domain_suffix: 'dev' }]);
    expect(listed.builds).toMatchObject([{ sid: buildSid, status: 'completed' }]);
    expect(listed.functions?.entries).toMatchObject([{ path: '/voice' }]);
    expect(listed.assets?.entries).toMatchObject([{ path: '/a.mp3' }, { path: '/flow.json' }]);
    expect(listed.variables?.entries).toMatchObject([{ key: 'S3_BUCKET', value: 'prompts' }]);
  });

  it('lists more Services than one page holds', async () => {
    const api = await start();
    for (let index = 0; index < 60; index += 1) await api.service(`service-${index}`);
    const { services } = await toolkitClient(api.url).list({
      username: ACCOUNT_SID,
      password: AUTH_TOKEN,
      types: 'services',
    });
    expect(services).toHaveLength(60);
  });

  it('activates a Build in another environment, and reports 20409 where it is live already', async () => {
    const api = await start();
    const client = toolkitClient(api.url);
    const { serviceSid, environmentSid, buildSid } = await client.deployProject(project);
    const activate = { username: ACCOUNT_SID, password: AUTH_TOKEN, serviceSid, env: {}, buildSid };
    const stage = await client.activateBuild({
      ...activate,
      targetEnvironment: 'stage',
      createEnvironment: true,
    });
    expect(api.twilio.liveBuild(stage.environmentSid)?.buildSid).toBe(buildSid);
    await expect(
      client.activateBuild({ ...activate, targetEnvironment: environmentSid }),
    ).rejects.toMatchObject({ name: 'TwilioApiError', code: 20409 });
  });

  it('sets and removes variables', async () => {
    const api = await start();
    const client = toolkitClient(api.url);
    const { serviceSid, environmentSid } = await client.deployProject(project);
    const target = {
      username: ACCOUNT_SID,
      password: AUTH_TOKEN,
      serviceSid,
      environment: environmentSid,
    };
    await client.setEnvironmentVariables({ ...target, env: { NEW: '1' }, append: false });
    expect(api.twilio.liveBuild(environmentSid)?.variables).toEqual({ NEW: '1' });
    await client.removeEnvironmentVariables({ ...target, keys: ['NEW'] });
    expect(api.twilio.liveBuild(environmentSid)?.variables).toEqual({});
  });

  it('waits out a 429 and goes on', async () => {
    const statuses: number[] = [];
    const direct = await start({ limits: { buildsPerHour: 1 } });
    const url = await serve((request, response) => {
      response.once('finish', () => {
        statuses.push(response.statusCode);
        if (response.statusCode === 429) api.clock.time += 1000;
      });
      direct.twilio.listener(request, response);
    });
    const api = new Api(url, direct.twilio, direct.clock);
    await toolkitClient(api.url).deployProject(project);
    api.clock.time += HOUR - 1000;
    await toolkitClient(api.url).deployProject({ ...project, overrideExistingService: true });
    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
    expect((await api.get('/Services/prompts/Builds')).body.builds).toHaveLength(2);
  });
});
