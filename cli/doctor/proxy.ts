import { signProxyQuery } from '../../src/proxy/signed-url';
import { originOf } from '../target';
import { listing, sampleOf } from './bucket';
import { both, check, type Finding, fail, from, ok, skipped, warn } from './check';
import { configuration } from './configuration';
import { ask } from './requests';
import { account, environment, liveBuild, pathsOf } from './service';

/** Whether the deployed Functions can read the bucket: their variables may not be those of this folder. */
export const audioProxy = check(
  'audio proxy',
  both(
    both(from(configuration), from(listing)),
    both(from(account), both(from(environment), from(liveBuild))),
  ),
  async ([[{ s3 }, objects], [{ authToken }, [found, build]]], { clock }) => {
    const object = sampleOf(objects);
    if (object === undefined) return skipped('Every object in the bucket is empty.');
    if (authToken === undefined) return skipped('AUTH_TOKEN signs its URLs, and is not set.');
    if (!pathsOf(build.functions).includes('/audio')) {
      return warn('The live Build has no /audio: callers do not hear what is no Asset.');
    }
    const { key } = object;
    const query = signProxyQuery({ authToken, bucket: s3.bucket }, key, clock.now());
    const headers = { range: 'bytes=0-0' };
    return judgeProxy(key, (await ask(`${originOf(found)}/audio?${query}`, headers)).status);
  },
);

/** @param status of a request for one byte of a prompt */
export function judgeProxy(key: string, status: number): Finding {
  if (status === 200 || status === 206) return ok(`plays ${key} (${status})`);
  // Too large, or no audio: it has read what S3 has.
  if (status === 413 || status === 415) return ok(`reads ${key}, and cannot play it (${status})`);
  const tried = `/audio answers ${status} for ${key}`;
  if (status === 403) {
    return fail(
      `${tried}: the deployment has another S3_BUCKET or S3_PREFIX than this folder, which npm run configure sets, or the AUTH_TOKEN here is not the account's.`,
    );
  }
  return fail(
    `${tried}: the deployment cannot read it, and its S3 variables may not be those of this folder. npx twilio-run logs shows why, npm run configure sets them.`,
  );
}
