import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { chooseSynced, inspect, inspectProtected, isAsExpected } from '../../sandbox/inspector';
import { type Listening, listen } from '../../sandbox/listen';
import { type SampleBucket, startSampleBucket } from '../../sandbox/sample-bucket';
import { EMPTY_MANIFEST, encodeManifest, manifestPath } from '../../src/manifest';
import { hostedBuild, hostedFile } from '../helpers/sandbox/start-edge';

const KEY = 'prompts/menu.mp3';
const assetPath = '/audio/menu.mp3';

let bucket: SampleBucket;
/** Stands for the edge: answers for the Asset and the proxy. */
let edge: Listening;
let proxyStatus: number;

beforeAll(async () => {
  bucket = await startSampleBucket();
  edge = await listen(({ url = '' }, response) => {
    const status = url.startsWith('/audio?') ? proxyStatus : 200;
    response.writeHead(status, { 'content-type': 'audio/mpeg' }).end();
  });
});
beforeEach(() => {
  proxyStatus = 200;
});
afterAll(async () => {
  await bucket.s3.stop();
  await edge.close();
});

const account = {
  ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  AUTH_TOKEN: 'a token for tests',
  ADMIN_SECRET: 'a secret of thirty-two characters',
  TWILIO_API_URL: 'http://localhost:1',
};
const inspectMenu = (more: Readonly<Record<string, string>> = {}) =>
  inspect(
    { publicOrigin: edge.url, variables: { ...bucket.variables, ...account, ...more } },
    { key: KEY, assetPath },
  );

const inWords = (rows: Awaited<ReturnType<typeof inspectMenu>>) =>
  rows.map(
    ({ verb, plays, media }) =>
      `${verb}: ${plays} + ${media.appended}: ${media.status ?? 'no answer'}`,
  );

describe('the request inspector', () => {
  it("shows that only AWS's presigned URL breaks on what Twilio appends", async () => {
    const rows = await inspectMenu();
    expect(inWords(rows)).toEqual([
      'Play: presigned URL + 0: 200',
      'Gather › Play: presigned URL + 27: 403',
      'Gather › Play: Asset + 27: 200',
      'Gather › Play: proxy + 27: 200',
    ]);
    expect(rows[1]?.media.s3ErrorCode).toBe('SignatureDoesNotMatch');
    expect(isAsExpected(rows)).toBe(true);
  });

  it('shows that a proxy fails, which is not as expected', async () => {
    proxyStatus = 502;
    const rows = await inspectMenu();
    expect(inWords(rows)[3]).toBe('Gather › Play: proxy + 27: 502');
    expect(isAsExpected(rows)).toBe(false);
  });

  it('shows that a stopped S3 does not answer, and what plays all the same', async () => {
    await bucket.s3.stop();
    const rows = await inspectMenu();
    await bucket.s3.start();
    expect(inWords(rows)).toEqual([
      'Play: presigned URL + 0: no answer',
      'Gather › Play: presigned URL + 27: no answer',
      'Gather › Play: Asset + 27: 200',
      'Gather › Play: proxy + 27: 200',
    ]);
    expect(isAsExpected(rows)).toBe(false);
  });

  it('expects all four rows, in their order', async () => {
    const [first, second, third, fourth, ...more] = await inspectMenu();
    if (!first || !second || !third || !fourth) throw new Error('rows are missing');
    expect(more).toEqual([]);
    expect(isAsExpected([])).toBe(false);
    expect(isAsExpected([first, second, third])).toBe(false);
    expect(isAsExpected([first, second, fourth, third])).toBe(false);
  });

  it('signs media requests where Assets are protected', async () => {
    const rows = await inspectMenu({ AUDIO_VISIBILITY: 'protected' });
    expect(rows.map(({ media }) => media.signed)).toEqual([true, true, true, true]);
    expect(isAsExpected(rows)).toBe(true);
    expect((await inspectMenu()).some(({ media }) => media.signed)).toBe(false);
  });

  it('shows a signed and an unsigned media request of protected Assets', async () => {
    const [play, gather] = await inspectMenu();
    const events = [play, gather].flatMap((row) => row?.media ?? []);
    const shown = inspectProtected(events, []);
    expect(shown.map(({ media }) => media)).toEqual([gather?.media]);
  });
});

describe('the prompt to inspect', () => {
  const choose = (paths: ReadonlyMap<string, string> | undefined, preferred: string[]) => {
    const { source, hash } = encodeManifest({ ...EMPTY_MANIFEST, paths: paths ?? new Map() });
    const path = manifestPath({ hash, fingerprint: '0'.repeat(16), base: `ZB${'0'.repeat(32)}` });
    const functions = paths ? [hostedFile(path, source, { visibility: 'private' })] : [];
    const liveBuild = () => hostedBuild({ functions });
    const twilio = { liveBuild };
    return chooseSynced({ twilio, publicOrigin: 'http://localhost:3000' }, preferred)?.key;
  };
  const paths = new Map([
    ['a.mp3', '/audio/a.mp3'],
    ['b.mp3', '/audio/b.mp3'],
  ]);

  it.each([
    ['the first one of the call flow that is an Asset', paths, ['missing.mp3', 'b.mp3'], 'b.mp3'],
    ['any Asset, where the call flow names none', paths, ['missing.mp3'], 'a.mp3'],
    ['none, where the bucket has no recordings', new Map<string, string>(), ['a.mp3'], undefined],
    ['none before a sync', undefined, ['a.mp3'], undefined],
  ])('is %s', (_, synced, preferred, expected) => {
    expect(choose(synced, preferred)).toBe(expected);
  });
});
