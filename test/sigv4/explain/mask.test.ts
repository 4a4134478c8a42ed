import { describe, expect, it } from '@jest/globals';
import { createMask } from '../../../src/sigv4/explain/mask';

describe('the mask', () => {
  it('keeps the kind of an access key and its scope', () => {
    const mask = createMask();
    const scope = '%2F20130524%2Fus-east-1%2Fs3%2Faws4_request';
    expect(mask.pair(`X-Amz-Credential=AKIAIOSFODNN7EXAMPLE${scope}`)).toBe(
      `X-Amz-Credential=AKIA****${scope}`,
    );
  });

  it('numbers a second value, so that a change shows', () => {
    const mask = createMask();
    const shown = ['a', 'b', 'a', 'b'].map((each) => mask.value('X-Amz-Signature', each));
    expect(shown).toEqual(['****', '****(2)', '****', '****(2)']);
    expect(mask.value('X-Amz-Security-Token', 'c')).toBe('****');
  });

  it.each([
    ['From', '%2B819012345678', '%2B8190…'],
    ['CalledVia', '05012345678', '0501…'],
    ['To', 'sip%3A%2B819012345678%40example.com', 'sip%3A%2B8190…%40example.com'],
  ])('shortens the phone number in %s', (name, value, shown) => {
    expect(createMask().value(name, value)).toBe(shown);
  });

  it.each([
    ['CallStatus', 'in-progress'],
    ['partNumber', '12'],
    ['CallSid', 'CA0123456789abcdef0123456789abcdef'],
    ['amp%3BX-Amz-Date', '20130524T000000Z'],
    ['ApiVersion', '2010-04-01'],
    ['X-Amz-Expires', '604800'],
    ['X-Amz-Date', '20130524T000000Z'],
    ['X-Amz-SignedHeaders', 'host%3Brange'],
  ])('leaves %s=%s as it is', (name, value) => {
    expect(createMask().value(name, value)).toBe(value);
  });
});
