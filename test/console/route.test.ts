import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseRoute, routeTo, SECTIONS } from '../../console/route';
import { HOSTILE_KEYS } from '../helpers/hostile-keys';

test.each([
  ['', { section: 'prompts' }],
  ['#', { section: 'prompts' }],
  ['#sync', { section: 'sync' }],
  ['#flow/menus.main', { section: 'flow', item: 'menus.main' }],
  ['#prompts/', { section: 'prompts' }],
  ['#elsewhere', { section: 'prompts' }],
  ['#prompts/100%', { section: 'prompts', item: '100%' }],
])('the address %s leads to %j', (hash, route) => {
  expect(parseRoute(hash)).toEqual(route);
});

test.each(HOSTILE_KEYS)('a link to the key %j leads to it', (key) => {
  expect(parseRoute(routeTo('prompts', key))).toEqual({ section: 'prompts', item: key });
});

test('a link to any text leads to that text', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...SECTIONS),
      fc.string({ minLength: 1, unit: 'grapheme' }),
      (section, item) => {
        expect(parseRoute(routeTo(section, item))).toEqual({ section, item });
      },
    ),
  );
});
