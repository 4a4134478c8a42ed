import fc from 'fast-check';
import * as v from 'valibot';
import { type CallFlow, callFlowSchema } from '../../../src/call-flow/schema';

const MENUS = ['main', 'other', 'third'];
const keys = fc.stringMatching(/^[0-9*#]{1,2}$/);
const words = fc.oneof(
  fc.stringMatching(/^[ -~\t\né-ÿぁ-ん𠀀]{0,20}[!-~é-ÿぁ-ん𠀀][ -~\t\né-ÿぁ-ん𠀀]{0,19}$/u),
  fc.constantFrom('営業時間', '<b>&amp;</b> "quoted" \'too\'', ']]>'),
);
const prompt = fc.record(
  {
    text: words,
    key: fc.stringMatching(/^[\w &+?#%営"'<>(]{1,12}\.mp3$/),
    language: fc.constantFrom('ja-JP', 'en-GB'),
  },
  { requiredKeys: ['text'] },
);

/** Actions as JSON has them, nested a little; `again` only where there is a question. */
const { inside, outside } = fc.letrec((tie) => {
  const following = (where: string) =>
    fc.option(tie(where), { nil: undefined, depthSize: 'small' });
  const actions = (where: string) => [
    fc.record({ action: fc.constant('hangup'), prompt }, { requiredKeys: ['action'] }),
    fc.record({ action: fc.constant('menu'), menu: fc.constantFrom(...MENUS) }),
    fc.record({ action: fc.constant('play'), prompt, next: following(where) }),
    fc.record({
      action: fc.constant('dial'),
      number: fc.constant('+12025550143'),
      otherwise: following(where),
    }),
    fc.record({
      action: fc.constant('record'),
      prompt,
      silence: following(where),
      next: following(where),
    }),
    fc.record({
      action: fc.constant('hours'),
      hours: fc.constantFrom('never'),
      open: tie(where),
      closed: tie(where),
    }),
  ];
  const again = fc.record({ action: fc.constant('again'), prompt }, { requiredKeys: ['action'] });
  return {
    outside: fc.oneof({ maxDepth: 3 }, ...actions('outside')),
    inside: fc.oneof({ maxDepth: 3 }, again, ...actions('inside')),
  };
});

const menu = fc.record(
  {
    greeting: prompt,
    prompt,
    digits: fc.dictionary(keys, inside, { minKeys: 1, maxKeys: 4 }),
    attempts: fc.integer({ min: 1, max: 3 }),
    unknown: inside,
    silence: inside,
    otherwise: outside,
  },
  { requiredKeys: ['prompt', 'digits'] },
);

/** Any flow that is valid. */
export const flows: fc.Arbitrary<CallFlow> = fc
  .record({
    start: outside,
    menus: fc
      .tuple(menu, menu, menu)
      .map((all) => Object.fromEntries(MENUS.map((name, i) => [name, all[i]]))),
    hours: fc.constant({ never: { timeZone: 'UTC', weekly: {} } }),
    farewell: prompt,
    questions: fc.integer({ min: 1, max: 8 }),
  })
  .map((flow) => v.parse(callFlowSchema, flow));
