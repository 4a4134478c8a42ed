import { expect, test } from '@jest/globals';
import { placeWords } from '../../../console/prompts/places';

test.each([
  ['farewell', 'farewell'],
  ['start.prompt', 'start'],
  ['menus.main.greeting', 'menu main, greeting'],
  ['menus.main.prompt', 'menu main'],
  ['menus.main.digits.1.prompt', 'menu main, key 1'],
  ['menus.main.digits.0.open.otherwise.prompt', 'menu main, key 0, open, otherwise'],
  ['menus.digits.digits.#.prompt', 'menu digits, key #'],
  ['menus.日本語.unknown.prompt', 'menu 日本語, unknown'],
])('the place %s is “%s”', (place, words) => {
  expect(placeWords(place)).toBe(words);
});
