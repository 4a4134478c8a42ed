import { describe, expect, it } from '@jest/globals';
import { EMPTY_MANIFEST } from '../../src/manifest';
import { choosePlayable } from '../../src/playback/playback';

const options = {
  manifest: { ...EMPTY_MANIFEST, paths: new Map([['prompts/a.mp3', '/audio/a.1.2.mp3']]) },
  publicOrigin: 'https://clinic-1234-dev.twil.io',
  proxy: { bucket: 'examplebucket', prefix: 'prompts/', authToken: 'token of the account' },
  now: new Date('2026-01-02T03:04:05Z'),
};

describe('choosePlayable', () => {
  it('plays the Asset that the live Build holds', () => {
    expect(choosePlayable('prompts/a.mp3', options)).toEqual({
      via: 'asset',
      url: 'https://clinic-1234-dev.twil.io/audio/a.1.2.mp3',
    });
  });

  it('plays a prompt that is no Asset through the proxy', () => {
    const playable = choosePlayable('prompts/b & c.mp3', options);
    expect(playable).toMatchObject({
      via: 'proxy',
      url: expect.stringMatching(
        /^https:\/\/clinic-1234-dev\.twil\.io\/audio\?key=prompts%2Fb%20%26%20c\.mp3&exp=\d+&sig=[0-9a-f]{64}$/,
      ),
    });
  });

  it('plays through the proxy before the first sync', () => {
    expect(choosePlayable('prompts/a.mp3', { ...options, manifest: undefined }).via).toBe('proxy');
  });

  it('plays no Asset on level 1, and nothing on level 2', () => {
    expect(choosePlayable('prompts/a.mp3', options, 1).via).toBe('proxy');
    expect(choosePlayable('prompts/a.mp3', options, 2).via).toBe('say');
  });

  it('says a prompt that the last sync found unplayable, and plays one that it refused for another reason', () => {
    const refusal = { etag: 'e', reason: 'not audio' };
    const manifest = {
      ...options.manifest,
      refused: new Map([
        ['prompts/text.mp3', { ...refusal, unplayable: true }],
        ['prompts/1001.mp3', { ...refusal, unplayable: false }],
      ]),
    };
    expect(choosePlayable('prompts/text.mp3', { ...options, manifest })).toEqual({
      via: 'say',
      reason: 'the last sync refused it: not audio',
    });
    expect(choosePlayable('prompts/1001.mp3', { ...options, manifest }).via).toBe('proxy');
  });

  it.each([
    ['outside of the prefix', 'other/b.mp3', {}, 'it is outside of S3_PREFIX, prompts/'],
    [
      'without a proxy',
      'prompts/b.mp3',
      { proxy: { problem: 'S3_BUCKET is not set.' } },
      'it is no Asset of the live Build, and the proxy cannot answer. S3_BUCKET is not set.',
    ],
    ['with a dot segment', 'prompts/../b.mp3', {}, 'no URL can hold its key'],
    ['with half a surrogate pair', 'prompts/\ud800.mp3', {}, 'no URL can hold its key'],
    [
      'of a type that is not played',
      'prompts/song.m4a',
      {},
      'Twilio does not play files with its ending',
    ],
  ])('says a prompt %s, and gives the reason', (_, key, changes, reason) => {
    expect(choosePlayable(key, { ...options, ...changes })).toEqual({ via: 'say', reason });
  });
});
