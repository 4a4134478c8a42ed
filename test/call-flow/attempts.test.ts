import { describe, expect, test } from '@jest/globals';
import { advance } from '../../src/call-flow/advance';
import { readInput } from '../../src/call-flow/input';
import { INITIAL_STATE } from '../../src/call-flow/state';
import { twiml } from '../../src/call-flow/twiml';
import { oneMenu, play } from '../helpers/call-flow/one-menu';
import { contextWith, outlineOf } from '../helpers/call-flow/outline';

const question = (attempt: number, asked: number) => [
  `Gather numDigits=1 timeout=5 action=/menu?at=menus.m.prompt&attempt=${attempt}&asked=${asked} finishOnKey=`,
  '  Say Press 1.',
  `Redirect /menu?at=menus.m.prompt&attempt=${attempt}&asked=${asked}`,
];

/** The TwiML after an answer at a step, from a caller who has been asked `attempt` times. */
function answerAt(at: string, changes: object, attempt: number, parameters: object = {}) {
  const flow = oneMenu(changes);
  const state = { ...INITIAL_STATE, at, attempt, asked: attempt };
  const next = advance(flow, state, readInput({ ...parameters }));
  return outlineOf(twiml(flow, next, contextWith()));
}

describe.each([
  ['silence', {}],
  ['unknown', { Digits: '9' }],
])('what "%s" names in a menu', (field, parameters) => {
  const late = {
    action: 'hours',
    hours: 'never',
    open: { action: 'hangup' },
    closed: play('It is late.'),
  };

  test.each([
    ['a prompt', play('Hello?'), ['Say Hello?']],
    ['two prompts', { ...play('Hello?'), next: play('Hello!') }, ['Say Hello?', 'Say Hello!']],
    ['a prompt chosen by the hours', late, ['Say It is late.']],
  ])('%s costs an attempt', (_, action, words) => {
    const first = answerAt('menus.m.prompt', { [field]: action }, 1, parameters);
    expect(first).toEqual([...words, ...question(2, 2)]);
    const last = answerAt('menus.m.prompt', { [field]: action }, 2, parameters);
    expect(last).toEqual([...words, 'Say Bye.', 'Hangup']);
  });

  test('after the last attempt "otherwise" follows it', () => {
    const changes = { [field]: play('Hello?'), otherwise: play('Call again.') };
    expect(answerAt('menus.m.prompt', changes, 2, parameters)).toEqual([
      'Say Hello?',
      'Say Call again.',
      'Say Bye.',
      'Hangup',
    ]);
  });

  test('a dial that nobody answers costs an attempt', () => {
    const changes = { [field]: { action: 'dial', number: '+12025550143' } };
    expect(answerAt(`menus.m.${field}`, changes, 1)).toEqual(question(2, 2));
  });

  test('a recording costs an attempt, with a message or without', () => {
    const changes = { [field]: { action: 'record', next: play('Thank you.') } };
    expect(answerAt(`menus.m.${field}`, changes, 1)).toEqual(['Say Thank you.', ...question(2, 2)]);
    const [record, ...then] = answerAt('menus.m.prompt', changes, 1, parameters);
    expect(record).toMatch(/^Record /);
    expect(then).toEqual(question(2, 2));
  });
});

test('a key of the menu resets the count of attempts', () => {
  expect(answerAt('menus.m.prompt', {}, 2, { Digits: '1' })).toEqual([
    'Say One.',
    ...question(1, 3),
  ]);
});

describe('a finishing key', () => {
  const gather = (changes: object) => {
    const pin = { digits: { '1234': play('Right.') }, finishOnKey: '#', ...changes };
    return outlineOf(twiml(oneMenu(pin), INITIAL_STATE, contextWith()))[0];
  };

  test('ends an answer of any length, so that no answer is cut to a known one', () => {
    expect(gather({})).toMatch(/^Gather timeout=5 .* finishOnKey=#$/);
  });

  test('ends an answer early where the menu has a number of digits', () => {
    expect(gather({ numDigits: 6 })).toMatch(/^Gather numDigits=6 .* finishOnKey=#$/);
  });
});
