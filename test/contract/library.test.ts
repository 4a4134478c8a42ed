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

const described = operations.flatMap(({ host, id }) => (host.startsWith('serverless') ? [id] : []));

function connect({ origin }: Recorded) {
  const client = twilio(ACCOUNT_SID, AUTH_TOKEN);
  client.serverless.baseUrl = origin;
  return client.serverless.v1.services;
}

/** The library sends no uploads. */
async function upload({ origin }: Recorded, path: string): Promise<void> {
  const form = new FormData();
  form.set('Path', '/file');
  form.set('Visibility', 'public');
  form.set('Content', new Blob(['content'], { type: 'text/plain' }), 'file');
  const authorization = `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}`;
  const url = `${origin}/v1/Services/${path}/Versions`;
  await fetch(url, { method: 'POST', headers: { authorization }, body: form });
}

describe('the twilio library, through every operation that Twilio describes', () => {
  it('sends and gets nothing that departs from the description', async () => {
    const recorded = await startRecorded();
    const services = connect(recorded);
    const { sid } = await services.create({ uniqueName: 'prompts', friendlyName: 'Prompts' });
    const service = services(sid);
    await service.fetch();
    await service.update({ uiEditable: true });
    await services.list({ pageSize: 1 });

    const asset = service.assets((await service.assets.create({ friendlyName: 'a' })).sid);
    await asset.update({ friendlyName: 'b' });
    const { sid: assetSid } = await asset.fetch();
    await upload(recorded, `${sid}/Assets/${assetSid}`);
    await service.assets.list();
    const [assetVersion] = await asset.assetVersions.list();
    await asset.assetVersions(assetVersion?.sid ?? '').fetch();

    const fn = service.functions((await service.functions.create({ friendlyName: 'f' })).sid);
    await fn.update({ friendlyName: 'g' });
    const { sid: functionSid } = await fn.fetch();
    await upload(recorded, `${sid}/Functions/${functionSid}`);
    await service.functions.list();
    const [functionVersion] = await fn.functionVersions.list();
    const version = fn.functionVersions(functionVersion?.sid ?? '');
    await version.fetch();
    await version.functionVersionContent().fetch();

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
    const { sid: deploymentSid } = await environment.deployments.create({ buildSid });
    await environment.deployments(deploymentSid).fetch();
    await environment.deployments.list();
    recorded.twilio.log(made.sid, { level: 'INFO', message: 'hello', path: '/file' });
    const tomorrow = new Date(Date.now() + 86_400_000);
    const [log] = await environment.logs.list({ startDate: new Date(0), endDate: tomorrow });
    await environment.logs(log?.sid ?? '').fetch();
    const { sid: variableSid } = await environment.variables.create({ key: 'A', value: '1' });
    await environment.variables(variableSid).fetch();
    await environment.variables(variableSid).update({ value: '2' });
    await environment.variables.list();

    await environment.variables(variableSid).remove();
    await environment.remove();
    await service.builds(buildSid).remove();
    await asset.remove();
    await fn.remove();
    await service.remove();

    const { operations: used, problems } = await recorded.verdict();
    expect(problems).toEqual([]);
    expect(used).toEqual(described.sort());
  });
});
