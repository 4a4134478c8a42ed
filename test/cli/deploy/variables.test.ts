import { describe, expect, it } from '@jest/globals';
import { checkSizes, deployedVariables, planVariables } from '../../../cli/deploy/variables';
import { VARIABLE_VALUE_BYTES } from '../../../src/limits';

type Values = Readonly<Record<string, string>>;

const PAIR = { S3_ACCESS_KEY_ID: 'id', S3_SECRET_ACCESS_KEY: 'secret' };
const NEW_PAIR = { S3_ACCESS_KEY_ID: 'new-id', S3_SECRET_ACCESS_KEY: 'new-secret' };
const BUCKET = { S3_BUCKET: 'prompts', ...PAIR };

describe('the variables that are deployed', () => {
  it('are those that the toolkit deploys: no empty ones, and none of the command line', () => {
    const file = { S3_BUCKET: 'b', S3_PREFIX: '', ACCOUNT_SID: 'AC', AUTH_TOKEN: 't', MINE: ' ' };
    expect(deployedVariables(file)).toEqual({ S3_BUCKET: 'b', MINE: ' ' });
  });
});

describe('the order of changes', () => {
  const nothing = { before: {}, first: {}, after: {}, remove: [] };

  it.each<[string, Values, Values, object]>([
    ['nothing is different', BUCKET, BUCKET, {}],
    [
      'a new one comes before the Build',
      BUCKET,
      { ...BUCKET, OPERATOR_NUMBER: '+81' },
      { before: { OPERATOR_NUMBER: '+81' } },
    ],
    [
      'a new one of a name that is not ours does, too',
      BUCKET,
      { ...BUCKET, MINE: '1' },
      { before: { MINE: '1' } },
    ],
    [
      'a changed one comes after the Build',
      BUCKET,
      { ...BUCKET, S3_BUCKET: 'other' },
      { after: { S3_BUCKET: 'other' } },
    ],
    [
      'a way to credentials that the old code knows comes after the Build',
      BUCKET,
      { ...BUCKET, S3_ROLE_ARN: 'arn' },
      { after: { S3_ROLE_ARN: 'arn' } },
    ],
    [
      'another S3 comes after the Build, all of it together',
      BUCKET,
      { ...BUCKET, S3_BUCKET: 'other', S3_ENDPOINT: 'https://storage.example.com' },
      { after: { S3_BUCKET: 'other', S3_ENDPOINT: 'https://storage.example.com' } },
    ],
    [
      'all of S3 comes before the Build where the live code uses none',
      { MINE: '1' },
      BUCKET,
      { before: BUCKET },
    ],
    [
      'one that the file does not set is removed in the end',
      { ...BUCKET, SYNC_INCLUDE: '*' },
      BUCKET,
      { remove: ['SYNC_INCLUDE'] },
    ],
    ['one of another name stays', { ...BUCKET, MINE: '1', AUTH_TOKEN: 't' }, BUCKET, {}],
    [
      'a new key is set whole before its parts, and the whole is removed again',
      BUCKET,
      { ...BUCKET, ...NEW_PAIR },
      {
        first: { S3_ACCESS_KEY: 'new-id:new-secret' },
        after: NEW_PAIR,
        remove: ['S3_ACCESS_KEY'],
      },
    ],
    [
      'a whole key that a deploy has left gives way to the parts',
      { ...BUCKET, S3_ACCESS_KEY: 'id:secret' },
      BUCKET,
      { first: { S3_ACCESS_KEY: 'id:secret' }, remove: ['S3_ACCESS_KEY'] },
    ],
    [
      'a whole key in place of the parts comes first, and the parts go',
      BUCKET,
      { S3_BUCKET: 'prompts', S3_ACCESS_KEY: 'id:secret' },
      {
        first: { S3_ACCESS_KEY: 'id:secret' },
        remove: ['S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'],
      },
    ],
  ])('%s', (_, current, wanted, expected) => {
    const plan = planVariables(current, wanted, true);
    expect({ ...plan, remove: [...plan.remove].sort() }).toEqual({ ...nothing, ...expected });
  });

  it('is no matter where nothing is live: all are set before the Build', () => {
    const plan = planVariables({ S3_BUCKET: 'old' }, BUCKET, false);
    expect(plan).toEqual({ ...nothing, before: BUCKET });
  });
});

describe('the sizes of variables', () => {
  const check = (current: Values, wanted: Values) => () =>
    checkSizes(current, wanted, planVariables(current, wanted, true), '.env');

  it('are those that Twilio takes, in bytes', () => {
    const longest = 'x'.repeat(VARIABLE_VALUE_BYTES);
    expect(check({}, { S3_PREFIX: longest })).not.toThrow();
    expect(check({}, { S3_PREFIX: `${longest}x`, MINE: 'ä'.repeat(226) })).toThrow(
      /^Twilio takes 450 bytes .* S3_PREFIX \(451\), MINE \(452\)\.$/,
    );
  });

  it('count together with what the environment has, and keeps for a moment', () => {
    const many = (name: string, n: number) =>
      Object.fromEntries(Array.from({ length: n }, (_, at) => [`${name}${at}`, 'x'.repeat(440)]));
    expect(check(many('THEIRS', 3), many('MINE', 3))).not.toThrow();
    expect(check(many('THEIRS', 4), many('MINE', 3))).toThrow(
      /^Twilio takes 3000 bytes .* are 3\d{3}\. The largest: \w+ \(440\), /,
    );
    expect(check({ ...many('THEIRS', 6), S3_PREFIX: 'x'.repeat(400) }, {})).toThrow('3000 bytes');
  });

  it('are named without the values', () => {
    expect(check({}, { ADMIN_SECRET: 'secret'.repeat(100) })).toThrow(/^(?!.*secretsecret)/);
  });
});
