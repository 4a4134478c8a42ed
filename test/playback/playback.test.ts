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
    expect(choosePlayable('prompts/a.mp3', options, 2)).toEqual({ via: 'say' });
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
    expect(choosePlayable('prompts/text.mp3', { ...options, manifest })).toEqual({ via: 'say' });
    expect(choosePlayable('prompts/1001.mp3', { ...options, manifest }).via).toBe('proxy');
  });

  it('says a prompt that the proxy would refuse', () => {
    expect(choosePlayable('other/b.mp3', options)).toEqual({ via: 'say' });
    expect(choosePlayable('prompts/b.mp3', { ...options, proxy: undefined })).toEqual({
      via: 'say',
    });
    expect(choosePlayable('prompts/../b.mp3', options)).toEqual({ via: 'say' });
    expect(choosePlayable('prompts/\ud800.mp3', options)).toEqual({ via: 'say' });
    expect(choosePlayable('prompts/song.m4a', options)).toEqual({ via: 'say' });
  });
});
