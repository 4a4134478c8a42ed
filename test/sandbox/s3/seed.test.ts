import { readFile } from 'node:fs/promises';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { promptPath, samplePrompts } from '../../../sandbox/prompts';
import { type S3Server, startS3 } from '../../../sandbox/s3';
import { seedPrompts } from '../../../sandbox/s3/seed';

describe('seedPrompts', () => {
  let s3: S3Server;
  let client: S3Client;

  beforeAll(async () => {
    s3 = await startS3({ buckets: ['prompts'] });
    client = new S3Client({ ...s3, forcePathStyle: true });
  });

  afterAll(async () => {
    client.destroy();
    await s3.stop();
  });

  it('puts every sample prompt under the prefix, byte for byte, as audio/mpeg', async () => {
    const keys = await seedPrompts(s3, 'prompts', 'clinic/');
    expect(keys).toEqual(samplePrompts.map(({ file }) => `clinic/${file}`));
    for (const prompt of samplePrompts) {
      const Key = `clinic/${prompt.file}`;
      const answer = await client.send(new GetObjectCommand({ Bucket: 'prompts', Key }));
      expect(answer.ContentType).toBe('audio/mpeg');
      const body = Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
      expect(body.equals(await readFile(promptPath(prompt)))).toBe(true);
    }
  });

  it('fails when the bucket is missing', async () => {
    await expect(seedPrompts(s3, 'missing', '')).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });
});
