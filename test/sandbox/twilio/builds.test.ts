import { describe, expect, it } from '@jest/globals';
import { createFile, type FileKind } from '../../../sandbox/twilio/assets-and-functions';
import { findService } from '../../../sandbox/twilio/services';
import { addVersion, type Upload } from '../../../sandbox/twilio/versions';
import {
  type Api,
  HANDLER,
  HOUR,
  pluck,
  type Reply,
  START,
  start,
} from '../../helpers/sandbox/twilio-harness';

const builds = (service: string) => `/Services/${service}/Builds`;

/** Adds many versions at once, without a request for each. */
function stock(
  api: Api,
  service: string,
  kind: FileKind,
  visibility: Upload['visibility'],
  count: number,
) {
  const { state } = api.twilio;
  const found = findService(state, service);
  if (!found) throw new Error(`no Service ${service}`);
  return Array.from({ length: count }, (_, index) => {
    const path = `/${visibility}-${index}`;
    const upload = { path, visibility, content: Buffer.from('x'), contentType: 'audio/mpeg' };
    return addVersion(state, createFile(state, found, kind, path), upload).sid;
  });
}

const refusal = ({ status, body }: Reply) => [status, body.code];

describe('a Build', () => {
  it('is building at first, and completed after its time', async () => {
    const api = await start({ buildMs: 2000 });
    const service = await api.service();
    const AssetVersions = stock(api, service, 'Assets', 'public', 1);
    const { status, body } = await api.post(builds(service), { AssetVersions });
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: 'building', date_updated: '2026-01-02T03:04:05Z' });
    const path = `${builds(service)}/${body.sid}`;
    api.clock.time += 1999;
    expect((await api.get(`${path}/Status`)).body.status).toBe('building');
    api.clock.time += 1;
    expect((await api.get(`${path}/Status`)).body.status).toBe('completed');
    expect((await api.get(path)).body).toMatchObject({
      status: 'completed',
      date_created: '2026-01-02T03:04:05Z',
      date_updated: '2026-01-02T03:04:07Z',
    });
  });

  it('fails when the option `buildFails` says so', async () => {
    const api = await start({ buildMs: 10, buildFails: ({ assets }) => assets.length === 2 });
    const service = await api.service();
    const AssetVersions = stock(api, service, 'Assets', 'public', 2);
    const build = await api.build(service, { AssetVersions });
    expect((await api.get(`${builds(service)}/${build}/Status`)).body.status).toBe('building');
    api.clock.time += 10;
    expect((await api.get(`${builds(service)}/${build}/Status`)).body.status).toBe('failed');
  });

  it('lists the versions that it holds, its dependencies and its runtime', async () => {
    const api = await start();
    const service = await api.service();
    const asset = await api.asset(service, { path: '/a.mp3', visibility: 'protected' });
    const fn = await api.function(service, { path: '/f' });
    const { body } = await api.post(builds(service), {
      AssetVersions: asset.version,
      FunctionVersions: fn.version,
      Dependencies: HANDLER,
      Runtime: 'node24',
    });
    expect(body).toMatchObject({
      asset_versions: [
        { sid: asset.version, asset_sid: asset.file, path: '/a.mp3', visibility: 'protected' },
      ],
      function_versions: [{ sid: fn.version, function_sid: fn.file, path: '/f' }],
      dependencies: [{ name: '@twilio/runtime-handler', version: '2.0.1' }],
      runtime: 'node24',
    });
  });

  it('spells visibility in capitals, as Twilio’s examples do, when asked to', async () => {
    const api = await start({ buildVisibility: 'upper' });
    const service = await api.service();
    const AssetVersions = stock(api, service, 'Assets', 'private', 1);
    const reply = await api.post(builds(service), { AssetVersions });
    expect(pluck(reply, 'asset_versions', 'visibility')).toEqual(['PRIVATE']);
  });

  it('takes dependencies with one more pair of quotes around them, as the toolkit sends them', async () => {
    const api = await start();
    const service = await api.service();
    const AssetVersions = stock(api, service, 'Assets', 'public', 1);
    const reply = await api.post(builds(service), { AssetVersions, Dependencies: `"${HANDLER}"` });
    expect(reply.body.dependencies).toEqual(JSON.parse(HANDLER));
  });

  it.each(['{}', 'twilio', '[{"name":"twilio"}]', '""', '[1]'])(
    'is refused with the dependencies %s',
    async (Dependencies) => {
      const api = await start();
      const service = await api.service();
      const AssetVersions = stock(api, service, 'Assets', 'public', 1);
      const reply = await api.post(builds(service), { AssetVersions, Dependencies });
      expect(refusal(reply)).toEqual([400, 20001]);
    },
  );

  it('is refused when it is empty', async () => {
    const api = await start();
    const reply = await api.post(builds(await api.service()));
    expect(refusal(reply)).toEqual([400, 20001]);
    expect(reply.body.message).toMatch(/^At least one/);
  });

  it('is refused with a version that its Service does not have', async () => {
    const api = await start();
    const [mine, other] = [await api.service('mine'), await api.service('other')];
    const { version, file } = await api.asset(other, { path: '/a' });
    const fields = { AssetVersions: version };
    expect(refusal(await api.post(builds(mine), fields))).toEqual([400, 20001]);
    const asFunction = { FunctionVersions: version, Dependencies: HANDLER };
    expect(refusal(await api.post(builds(other), asFunction))).toEqual([400, 20001]);
    const sidOfAsset = { AssetVersions: file };
    expect(refusal(await api.post(builds(other), sidOfAsset))).toEqual([400, 20001]);
  });

  it('is refused with two versions of one Asset', async () => {
    const api = await start();
    const service = await api.service();
    const { file, version } = await api.asset(service, { path: '/a' });
    const { body } = await api.upload(`/Services/${service}/Assets/${file}`, { path: '/b' });
    const AssetVersions = [version, String(body.sid)];
    const reply = await api.post(builds(service), { AssetVersions });
    expect(refusal(reply)).toEqual([400, 20001]);
    expect(reply.body.message).toContain(AssetVersions.join(' and '));
  });

  it('is refused with one path twice, even for an Asset and a Function', async () => {
    const api = await start();
    const service = await api.service();
    const first = await api.asset(service, { path: '/a' });
    const second = await api.asset(service, { path: '/a' });
    const fn = await api.function(service, { path: '/a' });
    const assets = { AssetVersions: [first.version, second.version] };
    expect(refusal(await api.post(builds(service), assets))).toEqual([400, 20001]);
    const mixed = { AssetVersions: first.version, FunctionVersions: fn.version };
    const reply = await api.post(builds(service), { ...mixed, Dependencies: HANDLER });
    expect(refusal(reply)).toEqual([400, 20001]);
  });

  it('needs the runtime handler when it has Functions, and only then', async () => {
    const api = await start();
    const service = await api.service();
    const FunctionVersions = (await api.function(service, { path: '/f' })).version;
    const without = { FunctionVersions, Dependencies: '[{"name":"twilio","version":"6.2.0"}]' };
    expect(refusal(await api.post(builds(service), without))).toEqual([400, 20001]);
    const complete = { FunctionVersions, Dependencies: HANDLER };
    expect((await api.post(builds(service), complete)).status).toBe(201);
  });

  it.each(['2.1.0', '2.0.3', '^2.0.1', 'latest'])(
    'is refused with the runtime handler %s, which the platform does not have',
    async (version) => {
      const api = await start();
      const service = await api.service();
      const FunctionVersions = (await api.function(service, { path: '/f' })).version;
      const Dependencies = JSON.stringify([{ name: '@twilio/runtime-handler', version }]);
      const reply = await api.post(builds(service), { FunctionVersions, Dependencies });
      expect(refusal(reply)).toEqual([400, 20001]);
      expect(reply.body.message).toBe(
        `Some dependencies could not be validated. No matching version found for @twilio/runtime-handler@${version}. You can find the valid versions at https://www.twilio.com/docs/serverless/functions-assets/handler`,
      );
    },
  );

  it.each(['node18', 'node20', 'node21'])('is refused with the runtime %s', async (Runtime) => {
    const api = await start();
    const service = await api.service();
    const AssetVersions = stock(api, service, 'Assets', 'public', 1);
    const reply = await api.post(builds(service), { AssetVersions, Runtime });
    expect(refusal(reply)).toEqual([400, 82007]);
  });

  it.each([
    ['public', 1000],
    ['protected', 1000],
    ['private', 50],
  ] as const)('holds %s Assets up to %i', async (visibility, limit) => {
    const api = await start();
    const service = await api.service();
    const AssetVersions = stock(api, service, 'Assets', visibility, limit + 1);
    const reply = await api.post(builds(service), { AssetVersions: AssetVersions.slice(1) });
    expect(reply.status).toBe(201);
    expect(pluck(reply, 'asset_versions', 'sid')).toEqual(AssetVersions.slice(1));
    expect(refusal(await api.post(builds(service), { AssetVersions }))).toEqual([400, 20001]);
  });

  it('counts public and protected Assets together, private ones apart', async () => {
    const api = await start();
    const service = await api.service();
    const AssetVersions = [
      ...stock(api, service, 'Assets', 'public', 501),
      ...stock(api, service, 'Assets', 'private', 50),
      ...stock(api, service, 'Assets', 'protected', 500),
    ];
    expect(refusal(await api.post(builds(service), { AssetVersions }))).toEqual([400, 20001]);
    const fewer = { AssetVersions: AssetVersions.slice(1) };
    expect((await api.post(builds(service), fewer)).status).toBe(201);
  });

  it('holds Functions up to 50', async () => {
    const api = await start();
    const service = await api.service();
    const FunctionVersions = stock(api, service, 'Functions', 'public', 51);
    const fields = { FunctionVersions: FunctionVersions.slice(1), Dependencies: HANDLER };
    expect((await api.post(builds(service), fields)).status).toBe(201);
    const reply = await api.post(builds(service), { ...fields, FunctionVersions });
    expect(refusal(reply)).toEqual([400, 20001]);
  });

  it('is refused with 429 and Retry-After after 100 Builds in an hour', async () => {
    const api = await start();
    const service = await api.service();
    const AssetVersions = stock(api, service, 'Assets', 'public', 1);
    for (let count = 0; count < 100; count += 1) {
      api.clock.time = START + count * 1000;
      await api.build(service, { AssetVersions });
    }
    const limited = await api.post(builds(service), { AssetVersions });
    expect(refusal(limited)).toEqual([429, 20429]);
    expect(limited.headers.get('retry-after')).toBe(String(3600 - 99));
    expect(pluck(await api.get(`${builds(service)}?PageSize=1000`), 'builds', 'sid')).toHaveLength(
      100,
    );
    api.clock.time = START + HOUR;
    expect((await api.post(builds(service), { AssetVersions })).status).toBe(201);
    expect((await api.post(builds(service), { AssetVersions })).status).toBe(429);
  });
});
