import type { S3Config } from '../../src/config';
import { credentialsOf } from '../../src/credentials/with-aws-clients';
import { CLOCK_SKEW_WARNING_MS, S3_CLOCK_SKEW_MS } from '../../src/limits';
import { hasAudioEnding } from '../../src/media-types';
import { bucketAddress, isAddressable } from '../../src/s3/address';
import { codeIn } from '../../src/s3/errors';
import type { PromptObject } from '../../src/s3/prompts';
import { percentEncode } from '../../src/sigv4/encode';
import { signHeaders } from '../../src/sigv4/sign';
import { emptyBucketLine, withBucket } from '../bucket';
import { formatBytes, formatCount, formatWait } from '../format';
import { both, check, type Finding, fail, from, ok, skipped, warn } from './check';
import { configuration } from './configuration';
import { type Answer, ask } from './requests';

/** Checks of the bucket. */

/** The URL of the bucket's list, cut off after its first key. */
export function listUrl(s3: S3Config) {
  const { origin, host, path } = bucketAddress(s3);
  const query = `list-type=2&max-keys=1&prefix=${percentEncode(s3.prefix)}`;
  return { url: `${origin}${path}/?${query}`, host, path: `${path}/`, query };
}

export const clock = check('clock', from(configuration), async ({ s3 }, { clock }) => {
  // Unsigned: the answer has a date, whatever it is.
  const { headers } = await ask(listUrl(s3).url);
  return judgeClock(headers.date, clock.now());
});

/**
 * @param date header of S3's response
 * @param now the clock here, when it came
 */
export function judgeClock(date: string | undefined, now: Date): Finding {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return skipped('The server sends no Date.');
  const aheadMs = now.getTime() - theirs;
  const offMs = Math.abs(aheadMs);
  // A Date is in whole seconds, and the response took some time.
  if (offMs < CLOCK_SKEW_WARNING_MS) return ok("agrees with S3's");
  const off = `The clock here is ${formatWait(offMs)} ${aheadMs > 0 ? 'ahead of' : 'behind'} S3's`;
  const advice = 'Set it by the network (NTP).';
  const limit = S3_CLOCK_SKEW_MS / 60_000;
  return offMs < S3_CLOCK_SKEW_MS
    ? warn(`${off}; from ${limit} minutes on S3 refuses every request. ${advice}`)
    : fail(`${off}, and S3 refuses every request from ${limit} minutes on. ${advice}`);
}

export const region = check('region', from(configuration), async ({ s3 }, { clock }) => {
  const { url, ...address } = listUrl(s3);
  const credentials = await credentialsOf(s3.credentials);
  const request = { method: 'GET', ...address };
  const signed = signHeaders(request, { credentials, region: s3.region, now: clock.now() });
  return judgeRegion(s3, await ask(url, signed));
});

const REGION_CODES: readonly (string | undefined)[] = [
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
  'PermanentRedirect',
  'TemporaryRedirect',
];

/**
 * S3 names the bucket's region in a header; an error may name it in its body. Where a signature with
 * S3_REGION is accepted, that is right, whatever another server calls it.
 */
export function judgeRegion({ region }: Pick<S3Config, 'region'>, answer: Answer): Finding {
  const { status, headers, body } = answer;
  const [, inBody] = /<Region>([\w-]{1,40})<\/Region>/.exec(body.toString('latin1')) ?? [];
  const [inHeader] = /^[\w-]{1,40}$/.exec(headers['x-amz-bucket-region']?.toString() ?? '') ?? [];
  const theirs = inHeader ?? inBody;
  if (status === 200) return ok(`${region}, as S3 ${theirs === region ? 'says' : 'takes it'}`);
  if (theirs !== undefined && theirs !== region) {
    return fail(`The bucket is in ${theirs}, and S3_REGION is ${region}. Set S3_REGION=${theirs}.`);
  }
  if (REGION_CODES.includes(codeIn(body))) {
    return fail(`S3 says that the bucket is not in ${region}. Check S3_REGION.`);
  }
  return skipped('The server does not tell the region of a bucket.');
}

/** What S3 holds under the prefix. */
export const listing = check('ListBucket', from(configuration), async (config) => {
  const objects = await withBucket(config, (opened) => opened.list());
  const bytes = objects.reduce((sum, { size }) => sum + size, 0);
  const count = `${formatCount(objects.length, 'object')}, ${formatBytes(bytes)}`;
  if (objects.length > 0) return ok(count, objects);
  return fail(emptyBucketLine(config.s3));
});

/** One object, for the checks that read one. */
export const readable = check(
  'GetObject',
  both(from(configuration), from(listing)),
  async ([config, objects]) => {
    const object = sampleOf(objects);
    if (object === undefined) return skipped('Every object in the bucket is empty.');
    await withBucket(config, (bucket) => bucket.readFirstByte(object));
    return ok(`the first byte of ${object.key}`, object);
  },
);

/** The first object that has a byte and a URL; those that are named like audio come first. */
export function sampleOf(objects: readonly PromptObject[]): PromptObject | undefined {
  const possible = objects.filter(({ key, size }) => size > 0 && isAddressable(key));
  return possible.find(({ key }) => hasAudioEnding(key)) ?? possible[0];
}
