import { describe, expect, it } from '@jest/globals';
import { gatherDigits } from '../../phone/keypad';

const gather = (attributes: Record<string, string>) => ({
  name: 'Gather',
  attributes,
  text: '',
  children: [],
});

describe('a Gather', () => {
  it.each([
    ['all keys until silence', '123', {}, '123'],
    ['keys up to #', '12#3', {}, '12'],
    ['keys up to the key that it names', '1*2', { finishOnKey: '*' }, '1'],
    ['# as a key when it names another', '1#2', { finishOnKey: '*' }, '1#2'],
    ['every key when none finishes', '1#*', { finishOnKey: '' }, '1#*'],
    ['as many as it wants', '1234', { numDigits: '2' }, '12'],
    ['fewer when the finishing key comes first', '1#2', { numDigits: '3' }, '1'],
    ['nothing from the finishing key alone', '#', {}, ''],
    ['the finishing key of another Gather', '#', { finishOnKey: '*', numDigits: '1' }, '#'],
    ['nothing from a silent caller', '', { numDigits: '1' }, ''],
    ['no keys when it listens for speech', '1', { input: 'speech' }, ''],
    ['keys when it listens for both', '1', { input: 'dtmf speech' }, '1'],
  ])('takes %s', (_, keys, attributes, digits) => {
    expect(gatherDigits(keys, gather(attributes))).toBe(digits);
  });
});
