import { describe, expect, it } from '@jest/globals';
import * as v from 'valibot';
import { parseCallFlow } from '../../src/call-flow/parse';
import { FUNCTION_PAYLOAD_BYTES, PROXY_BYTES } from '../../src/limits';
import { EMPTY_MANIFEST, type Manifest } from '../../src/manifest';
import type { PromptObject } from '../../src/s3/prompts';
import { describePrompts, type PromptFacts } from '../../src/status/prompts';
import { type PromptStatus, statusResponse } from '../../src/status/response';
import { assetPath } from '../../src/sync/asset-path';
import { plan } from '../../src/sync/plan';
import { HOSTILE_KEYS } from '../helpers/hostile-keys';
import {
  deployNamed,
  object,
  sidOf,
  syncedBuild,
  toolkitBuild,
  version,
} from '../helpers/sync/values';

const NOW = new Date('2026-11-27T12:00:00.000Z');
const promptsSchema = v.pick(statusResponse, ['prompts', 'leftOut', 'counts']);

/** A menu that plays these keys, one for each digit or two. */
function flowOf(keys: readonly string[], language?: string) {
  const prompts = keys.map((key, at) => [
    `${at}`,
    { action: 'play', prompt: { key, text: `Words of ${at}` } },
  ]);
  return parseCallFlow(
    JSON.stringify({
      ...(language && { language }),
      start: { action: 'menu', menu: 'main' },
      menus: {
        main: {
          prompt: { text: 'Press.', language: 'ja-JP' },
          digits: { ...Object.fromEntries(prompts), '#': { action: 'hangup' } },
        },
      },
      farewell: { text: 'Goodbye.' },
    }),
  );
}

interface Told extends Partial<PromptFacts> {
  /** What S3 has; undefined where it cannot be asked. */
  readonly s3?: readonly PromptObject[] | undefined;
  readonly manifest?: Partial<Manifest> | undefined;
  readonly used?: readonly string[];
}

const carryOver = deployNamed('code');

/** What /status tells: its plan is the one of the sync. */
function tell({ s3, manifest, used = [], ...changes }: Told) {
  const whole = manifest && { ...EMPTY_MANIFEST, ...manifest };
  const audio = [...(whole?.paths.values() ?? [])].map((path) => version(path));
  const on = toolkitBuild('code');
  const build = syncedBuild('live', { on, carryOver, audio, manifest: whole ?? EMPTY_MANIFEST });
  const live = { build, manifest: whole ?? EMPTY_MANIFEST, carryOver };
  const options = {
    nowEpochSeconds: NOW.getTime() / 1000,
    visibility: 'public' as const,
    selects: () => true,
    flowKeys: new Set(used),
    judged: new Map(),
    notGiven: new Map(
      s3
        ?.filter(({ key }) => changes.answers?.has(key))
        .map(({ key, etag }) => [key, { etag, reason: 'unreadable' as const }]),
    ),
    bucketName: 'prompts',
    prefix: '',
    proxyPrefix: '',
    maxObjectBytes: 8_000_000,
    retentionSeconds: 4 * 3600,
    maxVanishedShare: 1,
    force: true,
  };
  const facts: PromptFacts = {
    flow: flowOf(used),
    playback: {
      publicOrigin: 'https://name-1234-dev.twil.io',
      proxy: { bucket: 'prompts', prefix: '', authToken: 'a token for tests' },
      manifest: whole,
      now: NOW,
    },
    listing: s3,
    plan: s3 && plan(s3, live, [], options),
    past: {
      deployments: [{ sid: sidOf('ZD', '1'), buildSid: build.sid, createdAt: new Date(0) }],
      builds: new Map([[build.sid, { build, manifest: whole }]]),
    },
    prefix: '',
    areAssetsPublic: true,
    answers: new Map(),
    ...changes,
  };
  return v.parse(promptsSchema, JSON.parse(JSON.stringify(describePrompts(facts))));
}

const one = (told: Told): PromptStatus => {
  const { prompts } = tell(told);
  expect(prompts).toHaveLength(1);
  return prompts[0] ?? { key: '', state: 'missing', usedBy: [] };
};

const A = 'a.mp3';
const first = object(A);
const second = object(A, { content: 'second' });
const pathOf = ({ key, etag }: PromptObject) => assetPath(key, etag);
const live = (...objects: readonly PromptObject[]) => ({
  paths: new Map(objects.map((each) => [each.key, pathOf(each)])),
});
const refused = (reason: string, { key, etag } = first) => ({
  refused: new Map([[key, { etag, reason, unplayable: true }]]),
});
const viaProxy = expect.stringMatching(/^\/audio\?key=a\.mp3&exp=\d+&sig=[0-9a-f]{64}$/);

describe('a prompt', () => {
  it('has its words, its language, its places in the call flow, and what S3 says of it', () => {
    const at = { at: '1970-01-01T00:00:00.000Z' };
    expect(one({ s3: [first], manifest: live(first), flow: flowOf([A, A], 'cmn-CN') })).toEqual({
      key: A,
      state: 'asset',
      words: 'Words of 0',
      language: 'cmn-CN',
      object: { bytes: 1000, lastModified: at.at },
      since: { ...at, atLeast: false },
      usedBy: ['menus.main.digits.0.prompt', 'menus.main.digits.1.prompt'],
      heardAt: pathOf(first),
    });
  });

  it.each<[string, Told, Record<string, unknown>]>([
    [
      'is an Asset, and S3 has the same',
      { s3: [first], manifest: live(first) },
      { state: 'asset', heardAt: pathOf(first) },
    ],
    [
      'is an Asset, and S3 has another content',
      { s3: [second], manifest: live(first) },
      { state: 'asset', next: 'replace', heardAt: pathOf(first), storedAt: viaProxy },
    ],
    [
      'is an Asset, and S3 has one that is too large for the proxy',
      { s3: [{ ...second, size: PROXY_BYTES + 1 }], manifest: live(first) },
      { state: 'asset', next: 'replace', heardAt: pathOf(first) },
    ],
    [
      'is played through the proxy',
      { s3: [first], manifest: undefined },
      { state: 'proxy', next: 'upload', heardAt: viaProxy },
    ],
    [
      'is too large for the proxy, and no Asset yet',
      { s3: [{ ...first, size: PROXY_BYTES + 1 }], manifest: undefined },
      { state: 'proxy', next: 'upload', problem: expect.stringContaining('hear nothing') },
    ],
    [
      'is archived, and no sync has found that out',
      { s3: [{ ...first, storageClass: 'GLACIER' }], manifest: undefined },
      { state: 'proxy', problem: expect.stringContaining('hear nothing') },
    ],
    [
      'is said, as the last sync found',
      { s3: [first], manifest: refused('not audio') },
      { state: 'spoken', problem: expect.stringContaining('not audio') },
    ],
    [
      'is said, and S3 has what the last sync did not refuse',
      { s3: [second], manifest: refused('not audio') },
      { state: 'spoken', next: 'upload', storedAt: viaProxy, problem: expect.any(String) },
    ],
    [
      'is missing, and still an Asset',
      { s3: [], manifest: live(first) },
      { state: 'missing', next: 'remove', heardAt: pathOf(first), problem: expect.any(String) },
    ],
    [
      'is missing, as the last sync found',
      { s3: [], manifest: refused('missing') },
      { state: 'missing', problem: expect.stringContaining('hear its text') },
    ],
    [
      'is missing, as no sync has found out yet',
      { s3: [], manifest: undefined },
      { state: 'missing', problem: expect.stringContaining('hear nothing') },
    ],
    [
      'is missing by the manifest alone, where S3 is not asked',
      { manifest: refused('missing') },
      { state: 'missing', problem: expect.any(String) },
    ],
    [
      'is an Asset, where S3 is not asked',
      { manifest: live(first) },
      { state: 'asset', heardAt: pathOf(first) },
    ],
    [
      'is for the proxy, where S3 is not asked',
      { manifest: {} },
      { state: 'proxy', heardAt: viaProxy },
    ],
  ])('%s', (_, told, expected) => {
    const { key, words, object: __, since, usedBy, ...rest } = one({ used: [A], ...told });
    expect([key, words, usedBy]).toEqual([A, 'Words of 0', ['menus.main.digits.0.prompt']]);
    expect(rest).toEqual(expected);
  });

  it.each<[string, Told, string | undefined]>([
    ['its Asset became live', { s3: [first], manifest: live(first) }, '1970-01-01T00:00:00.000Z'],
    [
      'S3 has what the proxy plays',
      { s3: [{ ...first, lastModified: NOW }], manifest: undefined },
      NOW.toISOString(),
    ],
    [
      'the last sync refused it',
      { s3: [first], manifest: refused('not audio') },
      '1970-01-01T00:00:00.000Z',
    ],
    ['S3 lacks it, which nobody knows', { s3: [], manifest: undefined }, undefined],
    [
      'the proxy cannot answer, which nobody knows',
      {
        s3: [first],
        manifest: undefined,
        playback: {
          publicOrigin: 'https://name-1234-dev.twil.io',
          proxy: { problem: 'AUTH_TOKEN is not set.' },
          manifest: undefined,
          now: NOW,
        },
      },
      undefined,
    ],
    [
      'Twilio is not asked, which nobody knows',
      { s3: [first], manifest: live(first), past: undefined },
      undefined,
    ],
  ])('is heard so since %s', (_, told, at) => {
    expect(one({ used: [A], ...told }).since).toEqual(at && { at, atLeast: false });
  });

  it('that is a protected Asset is heard through the proxy, which plays the same bytes', () => {
    const told = { used: [A], manifest: live(first), areAssetsPublic: false };
    expect(one({ ...told, s3: [first] })).toMatchObject({ state: 'asset', heardAt: viaProxy });
    const replaced = one({ ...told, s3: [second] });
    expect(replaced).toMatchObject({ storedAt: viaProxy });
    expect(replaced).not.toHaveProperty('heardAt');
  });

  it('that S3 does not give has what S3 answered', () => {
    const answers = new Map([[A, 'S3 answered 403 AccessDenied. Allow s3:GetObject.']]);
    const { problem } = one({ used: [A], s3: [first], manifest: refused('unreadable'), answers });
    expect(problem).toMatch(
      /^Callers hear its text, because S3 lists it and does not give it.*\. S3 answered 403 AccessDenied\. Allow s3:GetObject\.$/,
    );
  });

  it('that S3 lacks is compared with its keys', () => {
    const { prompts } = tell({
      used: ['menu.mp3'],
      s3: [object('menus.mp3')],
      manifest: undefined,
    });
    expect(prompts.map(({ key, problem }) => [key, problem])).toEqual([
      ['menu.mp3', expect.stringMatching(/ Did you mean menus\.mp3\?$/)],
      ['menus.mp3', undefined],
    ]);
  });
});

describe('the list of prompts', () => {
  it('begins with what is wrong, then what calls play, in the order of the call flow', () => {
    const { prompts, counts, leftOut } = tell({
      used: ['z.mp3', 'missing.mp3', 'b.mp3'],
      s3: ['a.mp3', 'notes.txt', 'b.mp3', 'z.mp3'].map((key) => object(key)),
      manifest: live(object('z.mp3')),
    });
    expect(prompts.map(({ key }) => key)).toEqual([
      'missing.mp3',
      'notes.txt',
      'z.mp3',
      'b.mp3',
      'a.mp3',
    ]);
    expect(counts).toEqual({ asset: 1, proxy: 2, spoken: 1, missing: 1, unused: 2 });
    expect(leftOut).toBe(0);
  });

  it('holds 1,000 prompts, and the response is far below what a Function may answer', () => {
    const used = Array.from({ length: 1000 }, (_, at) => `prompts/recording ${at}.mp3`);
    const s3 = used.map((key) => object(key, { content: 'new' }));
    const told = tell({ used, s3, manifest: live(...used.map((key) => object(key))) });
    expect([told.prompts.length, told.leftOut, told.counts.asset]).toEqual([1000, 0, 1000]);
    expect(JSON.stringify(told).length).toBeLessThan(FUNCTION_PAYLOAD_BYTES / 6);
  });

  it('of the longest keys is cut, and says how many are left out', () => {
    const used = Array.from({ length: 1000 }, (_, at) => `${'時'.repeat(330)}${at}.mp3`);
    const s3 = used.map((key) => object(key, { content: 'new' }));
    const { prompts, leftOut, counts } = tell({
      used,
      s3,
      manifest: live(...used.map((key) => object(key))),
    });
    expect(prompts.length + leftOut).toBe(1000);
    expect(leftOut).toBeGreaterThan(0);
    expect(counts.asset).toBe(1000);
    expect(Buffer.byteLength(JSON.stringify(prompts))).toBeLessThan(FUNCTION_PAYLOAD_BYTES / 3);
  });

  it('of 100,000 keys keeps what calls play, then what is wrong, and counts the rest', () => {
    const used = ['used 1.mp3', 'used 2.mp3'];
    const others = Array.from({ length: 100_000 }, (_, at) => object(`${at}.mp3`));
    const s3 = [...others, object('used 2.mp3'), object('movie.mov')];
    const { prompts, leftOut, counts } = tell({ used, s3, manifest: undefined });
    expect(prompts.slice(0, 3).map(({ key }) => key)).toEqual([
      'used 1.mp3',
      'movie.mov',
      'used 2.mp3',
    ]);
    expect(leftOut + prompts.length).toBe(100_003);
    expect(counts).toEqual({ asset: 0, proxy: 100_001, spoken: 1, missing: 1, unused: 100_001 });
    expect(JSON.stringify(prompts).length).toBeLessThan(FUNCTION_PAYLOAD_BYTES / 3);
  });

  it('of a bucket of other files keeps what calls play', () => {
    const s3 = [...Array.from({ length: 10_000 }, (_, at) => object(`${at}.log`)), first];
    const { prompts, leftOut } = tell({ used: [A], s3, manifest: undefined });
    expect(prompts.at(-1)).toMatchObject({ key: A, state: 'proxy' });
    expect(leftOut + prompts.length).toBe(10_001);
  });

  it('tells every key, whatever it holds, and whether calls play it or not', () => {
    const keys = HOSTILE_KEYS.filter((key) => !key.endsWith('/'));
    const s3 = keys.map((key) => object(key));
    for (const told of [tell({ s3, manifest: undefined }), tell({ s3, manifest: live(...s3) })]) {
      expect(new Set(told.prompts.map(({ key }) => key))).toEqual(new Set(keys));
    }
  });

  it('counts nothing as unused where no call flow can be read', () => {
    const { counts } = tell({ s3: [first], manifest: undefined, flow: undefined });
    expect(counts).toEqual({ asset: 0, proxy: 1, spoken: 0, missing: 0, unused: 0 });
  });
});
