import { describe, expect, it } from '@jest/globals';
import { answered } from '../../src/call-flow/advance';
import { readInput } from '../../src/call-flow/input';
import { BEGINNING } from '../../src/call-flow/state';
import { twiml } from '../../src/call-flow/twiml';
import { heard, lineWith } from '../helpers/call-flow/line';
import { oneMenu, play } from '../helpers/call-flow/one-menu';

const question = (attempt: number, asked: number) => [
  `Gather numDigits=1 timeout=5 action=/menu?at=menus.m.prompt&attempt=${attempt}&asked=${asked} finishOnKey=`,
  '  Say Press 1.',
  `Redirect /menu?at=menus.m.prompt&attempt=${attempt}&asked=${asked}`,
];

/** What a caller hears who has been asked so often and now answers at this place. */
function heardAt(place: string, changes: object, attempt: number, parameters: object = {}) {
  const flow = oneMenu(changes);
  const state = { ...BEGINNING, at: place, attempt, asked: attempt };
  const next = answered(flow, state, readInput({ ...parameters }));
  return heard(twiml(flow, next, lineWith()));
}

describe.each([
  ['silence', {}],
  ['unknown', { Digits: '9' }],
])('what comes of %s', (field, parameters) => {
  const late = {
    action: 'hours',
    hours: 'never',
    open: { action: 'hangup' },
    closed: play('It is late.'),
  };

  it.each([
    ['plays', play('Hello?'), ['Say Hello?']],
    ['plays twice', { ...play('Hello?'), next: play('Hello!') }, ['Say Hello?', 'Say Hello!']],
    ['plays by the hours', late, ['Say It is late.']],
  ])('and %s costs an attempt', (_, action, words) => {
    const first = heardAt('menus.m.prompt', { [field]: action }, 1, parameters);
    expect(first).toEqual([...words, ...question(2, 2)]);
    const last = heardAt('menus.m.prompt', { [field]: action }, 2, parameters);
    expect(last).toEqual([...words, 'Say Bye.', 'Hangup']);
  });

  it('leads to what comes otherwise after the last attempt', () => {
    const changes = { [field]: play('Hello?'), otherwise: play('Call again.') };
    expect(heardAt('menus.m.prompt', changes, 2, parameters)).toEqual([
      'Say Hello?',
      'Say Call again.',
      'Say Bye.',
      'Hangup',
    ]);
  });

  it('and dials costs an attempt where nobody answers', () => {
    const changes = { [field]: { action: 'dial', number: '+12025550143' } };
    expect(heardAt(`menus.m.${field}`, changes, 1)).toEqual(question(2, 2));
  });

  it('and records costs an attempt, with a message or without', () => {
    const changes = { [field]: { action: 'record', next: play('Thank you.') } };
    expect(heardAt(`menus.m.${field}`, changes, 1)).toEqual(['Say Thank you.', ...question(2, 2)]);
    const [record, ...then] = heardAt('menus.m.prompt', changes, 1, parameters);
    expect(record).toMatch(/^Record /);
    expect(then).toEqual(question(2, 2));
  });
});

describe('a key of the menu', () => {
  it('counts attempts afresh', () => {
    expect(heardAt('menus.m.prompt', {}, 2, { Digits: '1' })).toEqual([
      'Say One.',
      ...question(1, 3),
    ]);
  });
});

describe('a finishing key', () => {
  const gather = (changes: object) => {
    const pin = { digits: { '1234': play('Right.') }, finishOnKey: '#', ...changes };
    return heard(twiml(oneMenu(pin), BEGINNING, lineWith()))[0];
  };

  it('ends an answer of any length, so that none is cut to one that is known', () => {
    expect(gather({})).toMatch(/^Gather timeout=5 .* finishOnKey=#$/);
  });

  it('ends it early where it has a length', () => {
    expect(gather({ numDigits: 6 })).toMatch(/^Gather numDigits=6 .* finishOnKey=#$/);
  });
});
