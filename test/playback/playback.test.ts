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
      rung: 'asset',
      url: 'https://clinic-1234-dev.twil.io/audio/a.1.2.mp3',
    });
  });

  it('plays what the manifest lacks through the proxy', () => {
    const playable = choosePlayable('prompts/b & c.mp3', options);
    expect(playable).toMatchObject({
      rung: 'proxy',
      url: expect.stringMatching(
        /^https:\/\/clinic-1234-dev\.twil\.io\/audio\?key=prompts%2Fb%20%26%20c\.mp3&exp=\d+&sig=[0-9a-f]{64}$/,
      ),
    });
  });

  it('plays through the proxy before the first sync', () => {
    expect(choosePlayable('prompts/a.mp3', { ...options, manifest: undefined }).rung).toBe('proxy');
  });

  it('begins below the rungs that have failed', () => {
    expect(choosePlayable('prompts/a.mp3', options, 'proxy').rung).toBe('proxy');
    expect(choosePlayable('prompts/a.mp3', options, 'say')).toEqual({ rung: 'say' });
  });

  it('says at once what the last sync found to be unplayable, and plays what it only refused', () => {
    const refusal = { etag: 'e', reason: 'not audio' };
    const manifest = {
      ...options.manifest,
      refused: new Map([
        ['prompts/text.mp3', { ...refusal, unplayable: true }],
        ['prompts/1001.mp3', { ...refusal, unplayable: false }],
      ]),
    };
    expect(choosePlayable('prompts/text.mp3', { ...options, manifest })).toEqual({ rung: 'say' });
    expect(choosePlayable('prompts/1001.mp3', { ...options, manifest }).rung).toBe('proxy');
  });

  it('says at once what the proxy would refuse', () => {
    expect(choosePlayable('other/b.mp3', options)).toEqual({ rung: 'say' });
    expect(choosePlayable('prompts/b.mp3', { ...options, proxy: undefined })).toEqual({
      rung: 'say',
    });
    expect(choosePlayable('prompts/../b.mp3', options)).toEqual({ rung: 'say' });
    expect(choosePlayable('prompts/\ud800.mp3', options)).toEqual({ rung: 'say' });
  });
});
