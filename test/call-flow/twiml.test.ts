import { describe, expect, test } from '@jest/globals';
import { advance } from '../../src/call-flow/advance';
import { readInput } from '../../src/call-flow/input';
import { type CallState, INITIAL_STATE } from '../../src/call-flow/state';
import { layOut } from '../../src/call-flow/steps';
import { type TwimlContext, twiml } from '../../src/call-flow/twiml';
import { everyBranch } from '../helpers/call-flow/every-branch';
import { contextWith, outlineOf } from '../helpers/call-flow/outline';

const flow = layOut(everyBranch);
const at = (step: string, counts: Partial<CallState> = {}): CallState => ({
  ...INITIAL_STATE,
  at: step,
  attempt: 1,
  asked: 1,
  ...counts,
});

/** The TwiML after an answer at a step with these parameters. */
function reply(
  state: CallState,
  parameters: object,
  context: TwimlContext = contextWith(),
): string[] {
  return outlineOf(twiml(flow, advance(flow, state, readInput({ ...parameters })), context));
}

const main = at('menus.main.prompt');
const press = (Digits: string, state = main) => reply(state, { Digits });
const question = (attempt: number, asked: number) => [
  `Gather numDigits=1 timeout=4 action=/menu?at=menus.main.prompt&attempt=${attempt}&asked=${asked} finishOnKey=`,
  '  Play /audio/prompts/menu.mp3?at=menus.main.prompt',
  `Redirect /menu?at=menus.main.prompt&attempt=${attempt}&asked=${asked}`,
];
const greeting = 'Play /audio/prompts/welcome.mp3?at=menus.main.greeting';
const english = 'language=en-GB voice=Polly.Amy-Neural';

describe('a call', () => {
  test('begins with the greeting and the question of the menu that the hours choose', () => {
    expect(outlineOf(twiml(flow, INITIAL_STATE, contextWith()))).toEqual([
      greeting,
      ...question(1, 1),
    ]);
  });

  test('ends with the farewell after as many questions as the flow allows', () => {
    const last = at('menus.main.prompt', { asked: 12 });
    expect(press('1', last)).toEqual([
      'Play /audio/prompts/directions.mp3?at=menus.main.digits.1',
      'Play /audio/prompts/goodbye.mp3?at=farewell',
      'Hangup',
    ]);
  });
});

describe('each URL that leads on', () => {
  test('carries connection overrides behind its state', () => {
    const documents = ['1', '3', '4', '5', '6'].map((Digits) =>
      twiml(flow, advance(flow, main, readInput({ Digits })), contextWith()),
    );
    const urls = documents.join('').match(/https:[^"<]*\/menu[^"<]*/g) ?? [];
    expect(urls.length).toBeGreaterThan(7);
    for (const url of urls) expect(url).toMatch(/&amp;asked=\d#ct=1500&amp;rt=5000&amp;tt=8000$/);
  });

  test('leaves media without them, as Twilio documents them for webhooks', () => {
    const document = twiml(flow, INITIAL_STATE, contextWith({ 'prompts/menu.mp3': 'proxy' }));
    expect(document.match(/<Play>[^<]*#/)).toBeNull();
  });
});

describe('a key', () => {
  test('that plays a prompt leads back to the question, with a new count of attempts', () => {
    const tired = at('menus.main.prompt', { attempt: 2, asked: 5 });
    expect(press('1', tired)).toEqual([
      'Play /audio/prompts/directions.mp3?at=menus.main.digits.1',
      ...question(1, 6),
    ]);
  });

  test('that plays a prompt leads on to what is next', () => {
    expect(press('2')).toEqual([
      'Play /audio/prompts/営業 時間.mp3?at=menus.main.digits.2',
      'Play /audio/prompts/goodbye.mp3?at=menus.main.digits.2.next',
      'Hangup',
    ]);
  });

  test('leads to another menu, with a new count of attempts', () => {
    expect(press('3', at('menus.main.prompt', { attempt: 2, asked: 2 }))).toEqual([
      'Gather timeout=5 action=/menu?at=menus.code.prompt&attempt=1&asked=3 finishOnKey=#',
      `  Say ${english} Enter four digits, then the pound key.`,
      'Redirect /menu?at=menus.code.prompt&attempt=1&asked=3',
    ]);
  });

  test('dials, and the action URL names its step', () => {
    expect(press('4')).toEqual([
      `Say ${english} One moment.`,
      'Dial timeout=20 action=/menu?at=menus.main.digits.4&attempt=1&asked=1 callerId=+815012345678',
      '  Number +12025550143',
    ]);
  });

  test('dials a secure SIP address', () => {
    const secure = structuredClone(everyBranch);
    Object.assign(secure.menus.main?.digits['5'] ?? {}, { number: 'sips:desk@example.com' });
    const state = at('menus.main.digits.5');
    expect(outlineOf(twiml(layOut(secure), state, contextWith()))[1]).toBe(
      '  Sip sips:desk@example.com',
    );
  });

  test('dials a SIP address', () => {
    expect(press('5')).toEqual([
      'Dial timeout=30 action=/menu?at=menus.main.digits.5&attempt=1&asked=1',
      '  Sip sip:desk@example.com',
    ]);
  });

  test('records a message, and leads back to the question after an empty one', () => {
    const action = '/menu?at=menus.main.digits.6&attempt=1&asked=1';
    expect(press('6')).toEqual([
      `Record maxLength=60 timeout=3 finishOnKey=*# action=${action}`,
      ...question(1, 2),
    ]);
  });

  test('chooses by the hours', () => {
    expect(press('7')).toEqual([`Say ${english} Nobody is here.`, ...question(1, 2)]);
  });

  test('asks again, which costs an attempt', () => {
    expect(press('8')).toEqual([`Say ${english} Once more.`, ...question(2, 2)]);
  });

  test('hangs up', () => {
    expect(press('9')).toEqual(['Hangup']);
  });

  test('may be #, and replays the greeting of its own menu', () => {
    expect(press('#')).toEqual([greeting, ...question(1, 2)]);
  });

  test('may be several keys', () => {
    const code = at('menus.code.prompt');
    expect(press('1234', code)[0]).toBe(`Say ${english} Right.`);
    expect(press('**', code)[0]).toBe(greeting);
  });

  test.each(['0', '11', '*', '1 ', 'A', '__proto__', 'constructor'])(
    'that the menu does not know (%s) is answered so, and the question comes again',
    (digits) => {
      expect(press(digits)).toEqual([
        'Play /audio/prompts/unknown.mp3?at=menus.main.unknown',
        ...question(2, 2),
      ]);
    },
  );
});

describe('silence', () => {
  test.each([[{}], [{ Digits: '' }], [{ Digits: ['1', '2'] }], [{ SpeechResult: 'one' }]])(
    'is read from %j, and the question comes again',
    (parameters) => {
      expect(reply(main, parameters)).toEqual(question(2, 2));
    },
  );

  test('may lead elsewhere', () => {
    expect(reply(at('menus.code.prompt'), {})).toEqual([`Say ${english} Goodbye then.`, 'Hangup']);
  });

  test('after the last attempt leads to "otherwise"', () => {
    const last = at('menus.main.prompt', { attempt: 2, asked: 2 });
    expect(reply(last, {})[0]).toContain('menus.code.prompt&attempt=1&asked=3');
    expect(press('8', last)[0]).toContain('menus.code.prompt&attempt=1&asked=3');
  });

  test('after the last question of a call ends it, without a prompt that announces another question', () => {
    const last = at('menus.main.prompt', { asked: 12 });
    expect(press('8', last)).toEqual(['Play /audio/prompts/goodbye.mp3?at=farewell', 'Hangup']);
  });

  test('after the last attempt ends the call when the menu has no "otherwise"', () => {
    expect(press('5', at('menus.code.prompt'))).toEqual([
      'Play /audio/prompts/goodbye.mp3?at=farewell',
      'Hangup',
    ]);
  });
});

describe('a dial', () => {
  const dialled = at('menus.main.digits.4');

  test('that was answered ends the call', () => {
    expect(reply(dialled, { DialCallStatus: 'completed' })).toEqual(['Hangup']);
  });

  test.each(['busy', 'no-answer', 'failed', 'canceled', '', undefined])(
    'that ended with %j leads to "otherwise"',
    (DialCallStatus) => {
      expect(reply(dialled, { DialCallStatus })).toEqual([
        `Say ${english} Leave a message.`,
        'Record maxLength=120 timeout=5 finishOnKey=# action=/menu?at=menus.main.digits.4.otherwise&attempt=1&asked=1',
        `Say ${english} We heard nothing.`,
        'Hangup',
      ]);
    },
  );

  test('without "otherwise" leads back to the question', () => {
    expect(reply(at('menus.main.digits.5'), { DialCallStatus: 'busy' })).toEqual(question(1, 2));
  });

  test.each([
    ['a SIP caller', 'sip:alice@example.com', 'callerId=+815012345678'],
    ['an anonymous caller', '+266696687', 'callerId=+815012345678'],
    ['a caller called Anonymous', 'Anonymous', 'callerId=+815012345678'],
    ['a caller without From', undefined, 'callerId=+815012345678'],
    ['a caller called Restricted', '+7378742833', 'callerId=+815012345678'],
    ['a caller with a number', '+819012345678', undefined],
  ])('for %s shows a number that can be shown', (_, From, callerId) => {
    const { substituteCallerId } = readInput({ From, To: '+815012345678' });
    const [dial] = reply(main, { Digits: '5' }, { ...contextWith(), substituteCallerId });
    expect(/callerId=\S+/.exec(dial ?? '')?.[0]).toBe(callerId);
  });
});

describe('a dial for a caller without a number', () => {
  test.each([
    ['sip:+15550100@clinic.sip.twilio.com', '+15550100'],
    ['sips:+15550100@clinic.sip.twilio.com;transport=tls', '+15550100'],
    ['sip:reception@clinic.sip.twilio.com', undefined],
    ['sip:+266696687@clinic.sip.twilio.com', undefined],
    ['client:reception', undefined],
    [undefined, undefined],
  ])('to %s shows %s', (To, number) => {
    expect(readInput({ From: 'sip:alice@example.com', To }).substituteCallerId).toBe(number);
  });
});

describe('a message', () => {
  test.each([[{ RecordingUrl: 'https://example.com/RE0', RecordingDuration: '4' }], [{}]])(
    'leads on whatever the request says of it: %j',
    (parameters) => {
      expect(reply(at('menus.main.digits.6'), parameters)).toEqual(question(1, 2));
      expect(reply(at('menus.main.digits.4.otherwise'), parameters)).toEqual([
        `Say ${english} Thank you.`,
        'Hangup',
      ]);
    },
  );
});

describe('a prompt', () => {
  const key = 'prompts/営業 時間.mp3';

  test('is played in the best available way, its URL encoded once', () => {
    const [play] = reply(main, { Digits: '2' }, contextWith({ [key]: 'proxy' }));
    expect(play).toBe(`Play /audio?key=${key}&exp=1&sig=2&at=menus.main.digits.2`);
  });

  test('is said, in its own language and without the voice of another, when it cannot be played', () => {
    const [say] = reply(main, { Digits: '2' }, contextWith({ [key]: 'say' }));
    expect(say).toBe('Say language=ja-JP 営業時間です。');
  });

  test.each([
    [
      'through the proxy on level 1',
      1,
      'Play /audio?key=prompts/goodbye.mp3&exp=1&sig=2&at=farewell',
    ],
    ['by its words on level 2', 2, `Say ${english} Goodbye.`],
  ] as const)('reaches the caller %s', (_, level, verb) => {
    const [first] = outlineOf(twiml(flow, at('farewell', { level }), contextWith()));
    const query = level === 1 ? '&attempt=1&asked=1&level=1' : '';
    expect(first).toBe(verb + query);
  });

  test('keeps the fallback level in all following URLs', () => {
    expect(press('2', at('menus.main.prompt', { level: 1 }))).toEqual([
      `Play /audio?key=${key}&exp=1&sig=2&at=menus.main.digits.2&attempt=1&asked=1&level=1`,
      'Play /audio?key=prompts/goodbye.mp3&exp=1&sig=2&at=menus.main.digits.2.next&attempt=1&asked=1&level=1',
      'Hangup',
    ]);
    expect(press('5', at('menus.main.prompt', { level: 2 }))[0]).toContain('&asked=1&level=2');
  });

  test('is played without the greeting when a call goes on at the question', () => {
    expect(
      outlineOf(twiml(flow, at('menus.main.prompt', { attempt: 0, asked: 0 }), contextWith())),
    ).toEqual(question(1, 1));
  });
});
