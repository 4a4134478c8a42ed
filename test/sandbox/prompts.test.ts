import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from '@jest/globals';
import * as v from 'valibot';
import { promptFolder, promptPath, samplePrompts } from '../../sandbox/prompts';
import { startSampleBucket } from '../../sandbox/sample-bucket';

const Formats = v.pipe(
  v.string(),
  v.parseJson(),
  v.array(
    v.object({
      codec: v.string(),
      numberOfChannels: v.number(),
      sampleRate: v.number(),
      duration: v.number(),
    }),
  ),
);

describe('the sample prompts', () => {
  it('are exactly the MP3s of the folder, named in Unicode NFC', () => {
    const files = readdirSync(promptFolder).filter((name) => name.endsWith('.mp3'));
    expect(files.sort()).toEqual(samplePrompts.map(({ file }) => file).sort());
    expect(files).toEqual(files.map((name) => name.normalize('NFC')));
  });

  it('include names that need care in a URL', () => {
    const names = samplePrompts.map(({ file }) => file).join();
    for (const character of [' ', "'", '(', ')', '+', '営']) expect(names).toContain(character);
  });

  it('take less than 300 kB together', () => {
    const sizes = samplePrompts.map((prompt) => statSync(promptPath(prompt)).size);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(300_000);
  });

  it('are mono MP3s of a sensible length', () => {
    const program = [
      '--import',
      require.resolve('tsx'),
      join(__dirname, '../helpers/sandbox/mp3-formats.ts'),
    ];
    const printed = execFileSync(process.execPath, [...program, ...samplePrompts.map(promptPath)]);
    const formats = v.parse(Formats, printed.toString());
    expect(formats).toHaveLength(samplePrompts.length);
    for (const { duration, ...format } of formats) {
      expect(format).toEqual({ codec: 'MPEG 2 Layer 3', numberOfChannels: 1, sampleRate: 24_000 });
      expect(duration).toBeGreaterThan(1);
      expect(duration).toBeLessThan(15);
    }
  });
});

describe('the sample bucket', () => {
  it('holds every sample prompt under its prefix, byte for byte, as audio/mpeg', async () => {
    const { s3, variables } = await startSampleBucket();
    const client = new S3Client({ ...s3, forcePathStyle: true });
    const { S3_BUCKET: Bucket, S3_PREFIX: Prefix } = variables;
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
    const keys = samplePrompts.map(({ file }) => Prefix + file);
    expect(new Set(Contents.map(({ Key }) => Key))).toEqual(new Set(keys));
    for (const prompt of samplePrompts) {
      const get = new GetObjectCommand({ Bucket, Key: Prefix + prompt.file });
      const answer = await client.send(get);
      expect(answer.ContentType).toBe('audio/mpeg');
      const body = Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
      expect(body.equals(readFileSync(promptPath(prompt)))).toBe(true);
    }
    client.destroy();
    await s3.stop();
  });
});
