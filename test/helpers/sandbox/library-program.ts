/**
 * Prints what the unmodified twilio library finds in the account. Run in the rehearsal's environment,
 * which leads Twilio's host names to this machine.
 */
import twilio from 'twilio';
import * as v from 'valibot';

const Paths = v.array(v.object({ path: v.string() }));

async function main(): Promise<void> {
  const { ACCOUNT_SID, AUTH_TOKEN } = process.env;
  const { services } = twilio(ACCOUNT_SID, AUTH_TOKEN).serverless.v1;
  const found = await services('twilio-s3-play').fetch();
  const service = services(found.sid);
  const [environment] = await service.environments.list();
  const builds = await service.builds.list({ pageSize: 1 });
  const live = await service.builds(environment?.buildSid ?? '').fetch();
  const page = await service.assets.page({ pageSize: 2 });
  const second = await page.nextPage();
  const [asset] = page.instances;
  const renamed = await service.assets(asset?.sid ?? '').update({ friendlyName: 'renamed' });
  console.log(
    JSON.stringify({
      domainName: environment?.domainName,
      listed: builds.some(({ sid }) => sid === live.sid),
      friendlyName: renamed.friendlyName,
      paths: v.parse(Paths, live.assetVersions).map(({ path }) => path),
      pages: [page.instances.length, second?.instances.length],
    }),
  );
}

main();
