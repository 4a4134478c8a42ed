import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readBucketFiles } from '../../sandbox/bucket-files';
import { startSampleBucket } from '../../sandbox/sample-bucket';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'own-prompts-'));
  mkdirSync(join(folder, 'menus', 'deep'), { recursive: true });
  for (const name of [
    'a b.mp3',
    '.DS_Store',
    'menus/deep/ガイド.mp3'.normalize('NFD'),
    'welcome.mp3',
  ]) {
    writeFileSync(join(folder, name), name);
  }
  symlinkSync(folder, join(folder, 'menus', 'loop'));
  symlinkSync(join(folder, 'a b.mp3'), join(folder, 'link.mp3'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the files of a folder', () => {
  it('are all but hidden ones, by their paths with slashes, in Unicode NFC', () => {
    expect(readBucketFiles(folder).map(({ name }) => name)).toEqual([
      'a b.mp3',
      'link.mp3',
      'menus/deep/ガイド.mp3'.normalize('NFC'),
      'welcome.mp3',
    ]);
  });

  it('go into the sample bucket, and one with the name of a sample takes its place', async () => {
    const { s3 } = await startSampleBucket(readBucketFiles(folder));
    const stored = (key: string) => s3.store.get('phone-prompts', `prompts/${key}`);
    const keys = s3.store.sorted('phone-prompts').map(([key]) => key);
    await s3.stop();
    expect(stored('welcome.mp3')?.body.toString()).toBe('welcome.mp3');
    expect(stored('menus/deep/ガイド.mp3')?.headers).toEqual({ 'content-type': 'audio/mpeg' });
    expect(keys).toContain('prompts/menu.mp3');
    expect(keys.filter((key) => /DS_Store|index|README|json/.test(key))).toEqual([]);
  });

  it('of the sample folder are in the bucket, whether prompts.json has them or not', async () => {
    const { s3 } = await startSampleBucket([], folder);
    const object = s3.store.get('phone-prompts', 'prompts/a b.mp3');
    await s3.stop();
    expect(object?.body.toString()).toBe('a b.mp3');
  });
});
