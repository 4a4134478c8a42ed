import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { countKeys, countOf, tokenIn } from '../../bench/lister';
import { type S3Server, startS3 } from '../../sandbox/s3';

describe('the minimal lister', () => {
  let s3: S3Server;
  beforeAll(async () => {
    s3 = await startS3({ buckets: ['prompts'] });
  });
  afterAll(() => s3.stop());

  it('counts the keys under a prefix, on every page', async () => {
    for (let index = 0; index < 2300; index += 1) {
      s3.store.put('prompts', `it's (${index})&.mp3`, Buffer.alloc(0));
    }
    s3.store.put('prompts', 'other.mp3', Buffer.alloc(0));
    expect(await countKeys({ ...s3, bucket: 'prompts' }, "it's (")).toBe(2300);
  });

  it('reads a token as XML', () => {
    expect(tokenIn('<NextContinuationToken>a&amp;b=</NextContinuationToken>')).toBe('a&b=');
    expect(tokenIn('<IsTruncated>false</IsTruncated>')).toBeUndefined();
  });

  it('counts each place of a word', () => {
    expect(countOf('<Key>a</Key><Key>b</Key>', '<Key>')).toBe(2);
  });
});
