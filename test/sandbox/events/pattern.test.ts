import { expect, it } from '@jest/globals';
import { matchesPattern } from '../../../sandbox/events/pattern';
import { readProjectDelivery } from '../../../sandbox/events/template';

const patternFor = (KeyPrefix: string) =>
  readProjectDelivery({
    BucketName: 'phone-prompts',
    KeyPrefix,
    SyncUrl: 'https://prompts-1234-dev.twil.io/sync',
    AdminSecret: 'x'.repeat(32),
  }).pattern;

const event = (changes: { type?: string; bucket?: string; key?: string; source?: string }) => {
  const { type = 'Object Created', bucket = 'phone-prompts', source = 'aws.s3' } = changes;
  const { key = 'prompts/menu.mp3' } = changes;
  return { source, 'detail-type': type, detail: { bucket: { name: bucket }, object: { key } } };
};

it.each([
  ['a new object', event({}), true],
  ['a deleted object', event({ type: 'Object Deleted' }), true],
  ['a restored object', event({ type: 'Object Restore Completed' }), true],
  ['a tag', event({ type: 'Object Tags Added' }), false],
  ['an object of another prefix', event({ key: 'invoices/prompts/1.mp3' }), false],
  ['another bucket', event({ bucket: 'phone-prompts-2' }), false],
  ['another service', event({ source: 'aws.ec2' }), false],
  ['an event without an object', { source: 'aws.s3', 'detail-type': 'Object Created' }, false],
])("the template's rule is asked about %s", (_, sent, expected) => {
  expect(matchesPattern(patternFor('prompts/'), sent)).toBe(expected);
});

it('an empty prefix takes every key', () => {
  expect(matchesPattern(patternFor(''), event({ key: 'a' }))).toBe(true);
});

it('an operator that the stand-in lacks is an error, and no match', () => {
  expect(() => matchesPattern({ source: [{ suffix: '.s3' }] }, event({}))).toThrow('suffix');
  expect(() => matchesPattern({ source: 'aws.s3' }, event({}))).toThrow('source');
});
