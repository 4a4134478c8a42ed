import { readFile } from 'node:fs/promises';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { promptPath, samplePrompts } from '../prompts';
import type { S3Server } from '.';

/**
 * Puts every sample prompt into a bucket, under `prefix` and its file name in Unicode NFC.
 *
 * @param prefix as S3 has it, with its slash if it is a folder: `prompts/`
 * @returns the keys, in the order of prompts.json
 */
export async function seedPrompts(
  { endpoint, region, credentials }: Pick<S3Server, 'endpoint' | 'region' | 'credentials'>,
  bucket: string,
  prefix: string,
): Promise<readonly string[]> {
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  try {
    return await Promise.all(
      samplePrompts.map(async (prompt) => {
        const key = prefix + prompt.file.normalize('NFC');
        const content = { Body: await readFile(promptPath(prompt)), ContentType: 'audio/mpeg' };
        await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, ...content }));
        return key;
      }),
    );
  } finally {
    client.destroy();
  }
}
