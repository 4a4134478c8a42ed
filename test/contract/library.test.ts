import { describe, expect, it } from '@jest/globals';
import twilio from 'twilio';
import { operations } from '../helpers/contract/contract';
import {
  ACCOUNT_SID,
  AUTH_TOKEN,
  HANDLER,
  type Recorded,
  startRecorded,
} from '../helpers/contract/recorded';

/** The operations of the Serverless API that the stand-in serves, and who sends each of them. */
const SENDERS: Record<string, string> = {
  CreateAsset: 'sync, toolkit',
  CreateBuild: 'sync, toolkit',
  CreateDeployment: 'sync, toolkit',
  CreateEnvironment: 'toolkit',
  CreateFunction: 'sync, toolkit',
  CreateService: 'toolkit, live-check',
  CreateVariable: 'toolkit',
  DeleteAsset: 'sync',
  DeleteEnvironment: 'remove, live-check',
  DeleteService: 'remove, live-check',
  DeleteVariable: 'toolkit',
  FetchBuild: 'sync, toolkit',
  FetchBuildStatus: 'sync, toolkit',
  FetchEnvironment: 'sync, toolkit',
  FetchFunctionVersionContent: 'sync, toolkit',
  FetchService: 'remove, toolkit',
  ListAsset: 'sync, toolkit',
  ListAssetVersion: 'sync',
  ListBuild: 'sync, toolkit',
  ListDeployment: 'sync',
  ListEnvironment: 'sync, toolkit',
  ListFunction: 'sync, toolkit',
  ListFunctionVersion: 'sync, toolkit',
  ListLog: 'toolkit, live-check',
  ListService: 'toolkit, live-check',
  ListVariable: 'toolkit',
  UpdateAsset: 'sync',
  UpdateVariable: 'toolkit',
  UploadAssetVersion: 'sync, toolkit',
  UploadFunctionVersion: 'sync, toolkit',
};

function connect({ origin }: Recorded) {
  const client = twilio(ACCOUNT_SID, AUTH_TOKEN);
  client.serverless.baseUrl = origin;
  return client.serverless.v1.services;
}

/** Uploads a file, which the library cannot. */
async function upload({ origin }: Recorded, path: string): Promise<void> {
  const form = new FormData();
  form.set('Path', '/file');
  form.set('Visibility', 'public');
  form.set('Content', new Blob(['content'], { type: 'text/plain' }), 'file');
  const authorization = `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}`;
  const url = `${origin}/v1/Services/${path}/Versions`;
  await fetch(url, { method: 'POST', headers: { authorization }, body: form });
}

describe('the twilio library, through every operation that the stand-in serves', () => {
  it('keeps to the description in every request and response', async () => {
    const recorded = await startRecorded();
    const services = connect(recorded);
    const { sid } = await services.create({ uniqueName: 'prompts', friendlyName: 'Prompts' });
    const service = services(sid);
    await service.fetch();
    await services.list({ pageSize: 1 });

    const { sid: assetSid } = await service.assets.create({ friendlyName: 'a' });
    const asset = service.assets(assetSid);
    await asset.update({ friendlyName: 'b' });
    await upload(recorded, `${sid}/Assets/${assetSid}`);
    await service.assets.list();
    const [assetVersion] = await asset.assetVersions.list();

    const { sid: functionSid } = await service.functions.create({ friendlyName: 'f' });
    const fn = service.functions(functionSid);
    await upload(recorded, `${sid}/Functions/${functionSid}`);
    await service.functions.list();
    const [functionVersion] = await fn.functionVersions.list();
    await fn
      .functionVersions(functionVersion?.sid ?? '')
      .functionVersionContent()
      .fetch();

    const { sid: buildSid } = await service.builds.create({
      assetVersions: [assetVersion?.sid ?? ''],
      dependencies: JSON.stringify(HANDLER),
      runtime: 'node22',
    });
    await service.builds.list();
    await service.builds(buildSid).fetch();
    await service.builds(buildSid).buildStatus().fetch();

    const made = await service.environments.create({ uniqueName: 'dev', domainSuffix: 'dev' });
    const environment = service.environments(made.sid);
    await environment.fetch();
    await service.environments.list();
    await environment.deployments.create({ buildSid });
    await environment.deployments.list();
    recorded.twilio.log(made.sid, { level: 'INFO', message: 'hello', path: '/file' });
    const tomorrow = new Date(Date.now() + 86_400_000);
    await environment.logs.list({ startDate: new Date(0), endDate: tomorrow });
    const { sid: variableSid } = await environment.variables.create({ key: 'A', value: '1' });
    await environment.variables(variableSid).update({ value: '2' });
    await environment.variables.list();

    await environment.variables(variableSid).remove();
    await environment.remove();
    await asset.remove();
    await service.remove();

    const { operations: used, problems } = await recorded.check();
    expect(problems).toEqual([]);
    expect(used).toEqual(Object.keys(SENDERS));
  });

  it('is refused with 404 for every operation without a user', async () => {
    const recorded = await startRecorded();
    const services = connect(recorded);
    const service = services(
      (await services.create({ uniqueName: 'prompts', friendlyName: 'Prompts' })).sid,
    );
    const asset = service.assets((await service.assets.create({ friendlyName: 'a' })).sid);
    const fn = service.functions((await service.functions.create({ friendlyName: 'f' })).sid);
    const made = await service.environments.create({ uniqueName: 'dev', domainSuffix: 'dev' });
    const environment = service.environments(made.sid);
    const none = '0'.repeat(32);
    const unserved: Record<string, () => Promise<unknown>> = {
      DeleteBuild: () => service.builds(`ZB${none}`).remove(),
      DeleteFunction: () => fn.remove(),
      FetchAsset: () => asset.fetch(),
      FetchAssetVersion: () => asset.assetVersions(`ZN${none}`).fetch(),
      FetchDeployment: () => environment.deployments(`ZD${none}`).fetch(),
      FetchFunction: () => fn.fetch(),
      FetchFunctionVersion: () => fn.functionVersions(`ZN${none}`).fetch(),
      FetchLog: () => environment.logs(`NO${none}`).fetch(),
      FetchVariable: () => environment.variables(`ZV${none}`).fetch(),
      UpdateFunction: () => fn.update({ friendlyName: 'g' }),
      UpdateService: () => service.update({ uiEditable: true }),
    };
    for (const send of Object.values(unserved)) {
      await expect(send()).rejects.toMatchObject({ status: 404, code: 20404 });
    }
    const described = operations.filter(({ host }) => host.startsWith('serverless'));
    const all = [...Object.keys(SENDERS), ...Object.keys(unserved)].sort();
    expect(described.map(({ id }) => id).sort()).toEqual(all);
  });
});
