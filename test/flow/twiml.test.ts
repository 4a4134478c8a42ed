import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readMenuInput } from '../../src/flow/input';
import { parseCallFlow } from '../../src/flow/load';
import { answer, apologise, greet } from '../../src/flow/twiml';

const { menu } = parseCallFlow(
  JSON.stringify({
    menu: {
      greeting: { key: 'hello.mp3', text: 'Hello.' },
      prompt: { key: 'menu.mp3', text: 'Press 1.' },
      attempts: 2,
      digits: {
        '1': { key: 'one.mp3', text: 'One.' },
        '2': { key: 'lost.mp3', text: '二。', language: 'ja-JP' },
      },
      unknown: { key: 'unknown.mp3', text: 'Pardon?' },
      farewell: { key: 'bye.mp3', text: 'Bye.' },
    },
  }),
);
const speaker = {
  playback: (key: string) =>
    key === 'lost.mp3'
      ? ({ rung: 'say' } as const)
      : ({ rung: 'asset', url: `https://x.example/${key}?a=1&b=2` } as const),
  urlOf: (path: string) => `https://x.example${path}`,
};

const question = (attempt: number) => {
  const action = `https://x.example/menu?attempt=${attempt}`;
  return (
    `<Gather numDigits="1" timeout="5" action="${action}" method="POST" input="dtmf" finishOnKey="">` +
    `<Play>https://x.example/menu.mp3?a=1&amp;b=2</Play></Gather>` +
    `<Redirect method="POST">${action}</Redirect>`
  );
};
const play = (key: string) => `<Play>https://x.example/${key}?a=1&amp;b=2</Play>`;
const response = (inner: string) =>
  `<?xml version="1.0" encoding="UTF-8"?><Response>${inner}</Response>`;

describe('the call', () => {
  it('greets, then asks', () => {
    expect(greet(menu, speaker)).toBe(response(play('hello.mp3') + question(1)));
  });

  it('answers a digit with its prompt and asks again', () => {
    expect(answer(menu, 1, '1', speaker)).toBe(response(play('one.mp3') + question(2)));
  });

  it('says the text, in its language, of a prompt that cannot be played', () => {
    expect(answer(menu, 1, '2', speaker)).toBe(
      response(`<Say language="ja-JP">二。</Say>${question(2)}`),
    );
  });

  it.each(['9', '#', '12', '__proto__', 'constructor'])('asks again after %s', (digits) => {
    expect(answer(menu, 1, digits, speaker)).toBe(response(play('unknown.mp3') + question(2)));
  });

  it('asks again after silence', () => {
    expect(answer(menu, 1, undefined, speaker)).toBe(response(question(2)));
  });

  it('says goodbye after the last attempt', () => {
    expect(answer(menu, 2, undefined, speaker)).toBe(response(`${play('bye.mp3')}<Hangup/>`));
  });

  it('ends whatever a caller presses and whatever the action URL holds', () => {
    const anything = fc.dictionary(fc.constantFrom('attempt', 'Digits', 'request'), fc.anything());
    fc.assert(
      fc.property(anything, (event) => {
        const { attempt, digits } = readMenuInput(event);
        const twiml = answer(menu, attempt, digits, speaker);
        expect(twiml.includes('<Gather')).toBe(attempt < menu.attempts);
        expect(twiml.includes('<Hangup/>')).toBe(attempt >= menu.attempts);
      }),
    );
  });

  it('apologises in words and hangs up when nothing else is left', () => {
    expect(apologise()).toMatch(/<Say>.+<\/Say><Hangup\/><\/Response>$/);
  });
});

describe('parseCallFlow', () => {
  it('names the place and the rule that a value breaks', () => {
    const broken = { menu: { ...menu, attempts: 0, digits: { '12': menu.prompt } } };
    expect(() => parseCallFlow(JSON.stringify(broken))).toThrow(/menu\.attempts: .*1/);
    expect(() => parseCallFlow(JSON.stringify(broken))).toThrow('must be one digit, * or #');
  });

  it('refuses unknown fields, which are misspelt ones', () => {
    expect(() =>
      parseCallFlow(JSON.stringify({ menu: { ...menu, greting: menu.prompt } })),
    ).toThrow('menu.greting');
  });

  it('refuses what is not JSON', () => {
    expect(() => parseCallFlow('{')).toThrow('is not JSON');
  });
});
