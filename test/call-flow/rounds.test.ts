import { describe, expect, it } from '@jest/globals';
import { checkCallFlow } from '../../src/call-flow/check';
import { parseCallFlow } from '../../src/call-flow/parse';
import { play } from '../helpers/call-flow/one-menu';

const to = (menu: string) => ({ action: 'menu', menu });

/** A flow with a menu of each name. */
function flowOf(menus: Record<string, object>): string {
  const plain = { prompt: { text: 'Press 1.' }, digits: { '1': play('One.') } };
  const named = Object.entries(menus).map(([name, changes]) => [name, { ...plain, ...changes }]);
  return JSON.stringify({
    start: to('a'),
    menus: Object.fromEntries(named),
    hours: { never: { timeZone: 'UTC', weekly: {} } },
    farewell: { text: 'Bye.' },
  });
}

/** Where the check before a deployment finds a menu that must not be there. */
function places(menus: Record<string, object>): string[] {
  try {
    checkCallFlow(flowOf(menus));
    return [];
  } catch (thrown) {
    return [...String(thrown).matchAll(/^ {2}(\S+) must not be a menu/gm)].map(
      ([, at]) => at ?? '',
    );
  }
}

describe('a menu to which a silent caller comes back', () => {
  const record = { action: 'record' };
  it.each([
    ['by its own silence', { a: { silence: to('a') } }, ['menus.a.silence.menu']],
    ['by what comes otherwise', { a: { otherwise: to('a') } }, ['menus.a.otherwise.menu']],
    [
      'by way of another menu',
      { a: { otherwise: to('b') }, b: { otherwise: to('a') } },
      ['menus.a.otherwise.menu', 'menus.b.otherwise.menu'],
    ],
    [
      'by way of two others, and what leads there is not named',
      { a: { silence: to('b') }, b: { silence: to('c') }, c: { otherwise: to('b') } },
      ['menus.b.silence.menu', 'menus.c.otherwise.menu'],
    ],
    [
      'after a prompt',
      { a: { silence: { ...play('Hello?'), next: to('a') } } },
      ['menus.a.silence.next.menu'],
    ],
    [
      'after a dial that nobody answers',
      { a: { otherwise: { action: 'dial', number: '+12025550143', otherwise: to('a') } } },
      ['menus.a.otherwise.otherwise.menu'],
    ],
    [
      'after an empty message',
      { a: { otherwise: { ...record, silence: to('a') } } },
      ['menus.a.otherwise.silence.menu'],
    ],
    [
      'at some hours',
      {
        a: {
          otherwise: {
            action: 'hours',
            hours: 'never',
            open: to('a'),
            closed: { action: 'hangup' },
          },
        },
      },
      ['menus.a.otherwise.open.menu'],
    ],
  ])('%s is refused', (_, menus, found) => {
    expect(places(menus)).toEqual(found);
  });

  it.each([
    ['by a key', { a: { digits: { '1': to('a') } } }],
    ['by an unknown key', { a: { unknown: to('a') } }],
    ['after a message that was left', { a: { otherwise: { ...record, next: to('a') } } }],
    [
      'never: other menus end the call',
      { a: { silence: to('b') }, b: { digits: { '1': to('a') } } },
    ],
  ])('%s is taken', (_, menus) => {
    expect(places(menus)).toEqual([]);
  });

  it('is refused with the reason, and before a deployment only', () => {
    const flow = flowOf({ a: { silence: to('a') } });
    expect(() => checkCallFlow(flow)).toThrow(
      'menus.a.silence.menu must not be a menu from which silence leads back to a: a caller who presses no key would be asked on and on (found "a")',
    );
    expect(() => parseCallFlow(flow)).not.toThrow();
  });
});
