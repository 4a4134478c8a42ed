import { describe, expect, it } from '@jest/globals';
import { hearPrompts, unusedKeys } from '../../../cli/status/prompts';
import { checkCallFlow } from '../../../src/call-flow/parse';
import { PROXY_BYTES } from '../../../src/limits';
import { EMPTY_MANIFEST } from '../../../src/manifest';
import type { PromptObject } from '../../../src/s3/prompts';

const KEY = 'prompts/welcome.mp3';
const again = { action: 'menu', menu: 'main' };
const flow = checkCallFlow(
  JSON.stringify({
    start: again,
    menus: { main: { prompt: { key: KEY, text: 'Welcome.' }, digits: { '1': again } } },
    farewell: { text: 'Goodbye.' },
  }),
);
const object = (size: number): PromptObject => ({
  key: KEY,
  size,
  etag: '"1"',
  lastModified: new Date(0),
  storageClass: 'STANDARD',
});
const options = {
  publicOrigin: 'https://name-1234-dev.twil.io',
  proxy: { bucket: 'phone-prompts', prefix: 'prompts/', authToken: 'a token for tests' },
  manifest: EMPTY_MANIFEST,
  now: new Date(0),
};
const hear = (objects: readonly PromptObject[] | undefined, changed = {}) =>
  hearPrompts(flow, { ...options, ...changed }, objects, () => 'of a reason');

describe('a prompt of the call flow', () => {
  const manifest = { ...EMPTY_MANIFEST, paths: new Map([[KEY, '/audio/welcome.mp3']]) };

  it.each([
    ['an Asset of the live Build', [object(1)], { manifest }, 'Asset'],
    ['as large as the proxy carries', [object(PROXY_BYTES)], {}, 'proxy'],
    ['larger than the proxy carries', [object(PROXY_BYTES + 1)], {}, 'silence'],
    ['not in the bucket', [], {}, 'silence'],
    ['in a bucket that cannot be asked', undefined, {}, 'proxy'],
    ['without a proxy', [object(1)], { proxy: { problem: 'None.' } }, 'words'],
  ])('that is %s', (_, objects, changed, as) => {
    expect(hear(objects, changed)).toMatchObject([{ key: KEY, as }]);
  });

  it('is said for the reason that the Functions have', () => {
    expect(hear([], { proxy: { problem: 'None.' } })).toEqual([
      { key: KEY, as: 'words', why: 'of a reason' },
    ]);
  });
});

it('keys that the flow does not name are unused', () => {
  expect(unusedKeys(flow, [{ key: 'prompts/old.mp3' }, { key: KEY }])).toEqual(['prompts/old.mp3']);
});
