import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from '@jest/globals';
import { policyProblems, readPolicy } from '../helpers/infra/policy-check';

const read = (file: string) => readFileSync(join(__dirname, '../../infra', file), 'utf8');

/** A file with values in the places that a person fills in, as docs/automatic-sync.md does it. */
const filled = (text: string) =>
  text
    .replaceAll('YOUR-BUCKET', 'phone-prompts')
    .replaceAll('YOUR-PREFIX', 'prompts/')
    .replaceAll('YOUR-REGION', 'eu-central-1')
    .replaceAll('YOUR-ACCOUNT', '123456789012')
    .replaceAll('YOUR-KEY-ID', '1234abcd-12ab-34cd-56ef-1234567890ab');

const problems = (text: string) => policyProblems(readPolicy(JSON.parse(filled(text))));

test.each(['iam-policy.json', 'iam-policy-kms.json', 'bucket-policy.json'])(
  'infra/%s names actions, resources and condition keys that exist',
  async (file) => {
    const text = read(file);
    expect(await problems(text)).toEqual([]);
    expect(filled(text)).not.toContain('YOUR-');
  },
);

describe('a policy that is broken is found out:', () => {
  const text = read('iam-policy.json');

  it.each([
    ['an action', '"s3:GetObject"', '"s3:ReadObject"', 'no action s3:ReadObject'],
    ['an action of another resource', '"s3:ListBucket"', '"s3:GetObject"', 'takes no resource'],
    ['a resource', 'YOUR-BUCKET/YOUR-PREFIX*', 'YOUR-BUCKET', 'takes no resource'],
    ['a condition key', 's3:prefix', 's3:key', 'no condition key s3:key'],
  ])('%s', async (_, from, to, problem) => {
    const broken = text.replace(from, to);
    expect(broken).not.toBe(text);
    expect((await problems(broken)).join('\n')).toContain(problem);
  });

  it.each([
    ['a version', '2012-10-17', '2012-10-18'],
    ['an effect', '"Allow"', '"Grant"'],
    ['a field', '"Resource"', '"Ressource"'],
    ['an operator', '"StringLike"', '"StringLikes"'],
  ])('%s', async (_, from, to) => {
    await expect((async () => problems(text.replace(from, to)))()).rejects.toThrow();
  });
});

test('the access key may list the prefix and read its objects, and nothing else', () => {
  const { Statement } = readPolicy(JSON.parse(filled(read('iam-policy.json'))));
  expect(Statement.map(({ Effect, Action }) => [Effect, Action])).toEqual([
    ['Allow', ['s3:ListBucket']],
    ['Allow', ['s3:GetObject']],
  ]);
  expect(Statement[0]?.Condition).toEqual({ StringLike: { 's3:prefix': ['prompts/*'] } });
  expect(Statement[1]?.Resource).toEqual(['arn:aws:s3:::phone-prompts/prompts/*']);
});

test('the bucket refuses everybody what is asked without TLS, and nothing else', () => {
  expect(readPolicy(JSON.parse(filled(read('bucket-policy.json')))).Statement).toEqual([
    {
      Sid: 'RefusePlainHttp',
      Effect: 'Deny',
      Principal: '*',
      Action: ['s3:*'],
      Resource: ['arn:aws:s3:::phone-prompts', 'arn:aws:s3:::phone-prompts/*'],
      Condition: { Bool: { 'aws:SecureTransport': ['false'] } },
    },
  ]);
});
