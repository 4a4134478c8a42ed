import { describe, expect, it } from '@jest/globals';
import { answered } from '../../src/call-flow/advance';
import { readInput } from '../../src/call-flow/input';
import { BEGINNING, type State } from '../../src/call-flow/state';
import { layOut } from '../../src/call-flow/steps';
import { type Line, twiml } from '../../src/call-flow/twiml';
import { everyBranch } from '../helpers/call-flow/every-branch';
import { heard, lineWith } from '../helpers/call-flow/line';

const flow = layOut(everyBranch);
const at = (place: string, counts: Partial<State> = {}): State => ({
  ...BEGINNING,
  at: place,
  attempt: 1,
  asked: 1,
  ...counts,
});

/** What a caller hears on answering at a place with these parameters. */
function reply(state: State, parameters: object, line: Line = lineWith()): string[] {
  return heard(twiml(flow, answered(flow, state, readInput({ ...parameters })), line));
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
  it('begins with the greeting and the question of the menu that the hours choose', () => {
    expect(heard(twiml(flow, BEGINNING, lineWith()))).toEqual([greeting, ...question(1, 1)]);
  });

  it('ends with the farewell after as many questions as the flow allows', () => {
    const last = at('menus.main.prompt', { asked: 12 });
    expect(press('1', last)).toEqual([
      'Play /audio/prompts/directions.mp3?at=menus.main.digits.1',
      'Play /audio/prompts/goodbye.mp3?at=farewell',
      'Hangup',
    ]);
  });
});

describe('a key', () => {
  it('that plays leads back to the question, with attempts counted afresh', () => {
    const tired = at('menus.main.prompt', { attempt: 2, asked: 5 });
    expect(press('1', tired)).toEqual([
      'Play /audio/prompts/directions.mp3?at=menus.main.digits.1',
      ...question(1, 6),
    ]);
  });

  it('that plays leads on to what is next', () => {
    expect(press('2')).toEqual([
      'Play /audio/prompts/営業 時間.mp3?at=menus.main.digits.2',
      'Play /audio/prompts/goodbye.mp3?at=menus.main.digits.2.next',
      'Hangup',
    ]);
  });

  it('leads to another menu, with attempts counted afresh', () => {
    expect(press('3', at('menus.main.prompt', { attempt: 2, asked: 2 }))).toEqual([
      'Gather timeout=5 action=/menu?at=menus.code.prompt&attempt=1&asked=3 finishOnKey=#',
      `  Say ${english} Enter four digits, then the pound key.`,
      'Redirect /menu?at=menus.code.prompt&attempt=1&asked=3',
    ]);
  });

  it('dials, and comes back to where the call then is', () => {
    expect(press('4')).toEqual([
      `Say ${english} One moment.`,
      'Dial timeout=20 action=/menu?at=menus.main.digits.4&attempt=1&asked=1 callerId=+815012345678',
      '  Number +12025550143',
    ]);
  });

  it('dials a secure SIP address', () => {
    const secure = structuredClone(everyBranch);
    Object.assign(secure.menus.main?.digits['5'] ?? {}, { number: 'sips:desk@example.com' });
    const state = at('menus.main.digits.5');
    expect(heard(twiml(layOut(secure), state, lineWith()))[1]).toBe('  Sip sips:desk@example.com');
  });

  it('dials a SIP address', () => {
    expect(press('5')).toEqual([
      'Dial timeout=30 action=/menu?at=menus.main.digits.5&attempt=1&asked=1',
      '  Sip sip:desk@example.com',
    ]);
  });

  it('records a message, and leads back to the question after an empty one', () => {
    const action = '/menu?at=menus.main.digits.6&attempt=1&asked=1';
    expect(press('6')).toEqual([
      `Record maxLength=60 timeout=3 finishOnKey=*# action=${action}`,
      ...question(1, 2),
    ]);
  });

  it('chooses by the hours', () => {
    expect(press('7')).toEqual([`Say ${english} Nobody is here.`, ...question(1, 2)]);
  });

  it('asks again, which costs an attempt', () => {
    expect(press('8')).toEqual([`Say ${english} Once more.`, ...question(2, 2)]);
  });

  it('hangs up', () => {
    expect(press('9')).toEqual(['Hangup']);
  });

  it('may be #, and replays the greeting of its own menu', () => {
    expect(press('#')).toEqual([greeting, ...question(1, 2)]);
  });

  it('may be several', () => {
    const code = at('menus.code.prompt');
    expect(press('1234', code)[0]).toBe(`Say ${english} Right.`);
    expect(press('**', code)[0]).toBe(greeting);
  });

  it.each(['0', '11', '*', '1 ', 'A', '__proto__', 'constructor'])(
    'that is unknown (%s) is told so and asked again',
    (digits) => {
      expect(press(digits)).toEqual([
        'Play /audio/prompts/unknown.mp3?at=menus.main.unknown',
        ...question(2, 2),
      ]);
    },
  );
});

describe('silence', () => {
  it.each([[{}], [{ Digits: '' }], [{ Digits: ['1', '2'] }], [{ SpeechResult: 'one' }]])(
    'is %j, and is asked again',
    (parameters) => {
      expect(reply(main, parameters)).toEqual(question(2, 2));
    },
  );

  it('may do something else', () => {
    expect(reply(at('menus.code.prompt'), {})).toEqual([`Say ${english} Goodbye then.`, 'Hangup']);
  });

  it('after the last attempt leads to what comes otherwise', () => {
    const last = at('menus.main.prompt', { attempt: 2, asked: 2 });
    expect(reply(last, {})[0]).toContain('menus.code.prompt&attempt=1&asked=3');
    expect(press('8', last)[0]).toContain('menus.code.prompt&attempt=1&asked=3');
  });

  it('after the last question of a call ends it, without a word that leads over to another', () => {
    const last = at('menus.main.prompt', { asked: 12 });
    expect(press('8', last)).toEqual(['Play /audio/prompts/goodbye.mp3?at=farewell', 'Hangup']);
  });

  it('after the last attempt ends the call where nothing else is said', () => {
    expect(press('5', at('menus.code.prompt'))).toEqual([
      'Play /audio/prompts/goodbye.mp3?at=farewell',
      'Hangup',
    ]);
  });
});

describe('a dial', () => {
  const dialled = at('menus.main.digits.4');

  it('that was answered ends the call', () => {
    expect(reply(dialled, { DialCallStatus: 'completed' })).toEqual(['Hangup']);
  });

  it.each(['busy', 'no-answer', 'failed', 'canceled', '', undefined])(
    'that ended with %j leads on',
    (DialCallStatus) => {
      expect(reply(dialled, { DialCallStatus })).toEqual([
        `Say ${english} Leave a message.`,
        'Record maxLength=120 timeout=5 finishOnKey=# action=/menu?at=menus.main.digits.4.otherwise&attempt=1&asked=1',
        `Say ${english} We heard nothing.`,
        'Hangup',
      ]);
    },
  );

  it('without anything else leads back to the question', () => {
    expect(reply(at('menus.main.digits.5'), { DialCallStatus: 'busy' })).toEqual(question(1, 2));
  });

  it.each([
    ['a SIP caller', 'sip:alice@example.com', 'callerId=+815012345678'],
    ['an anonymous caller', '+266696687', 'callerId=+815012345678'],
    ['a caller called Anonymous', 'Anonymous', 'callerId=+815012345678'],
    ['a caller without From', undefined, 'callerId=+815012345678'],
    ['a caller called Restricted', '+7378742833', 'callerId=+815012345678'],
    ['a caller with a number', '+819012345678', undefined],
  ])('for %s shows a number that can be shown', (_, From, callerId) => {
    const { substituteCallerId } = readInput({ From, To: '+815012345678' });
    const [dial] = reply(main, { Digits: '5' }, { ...lineWith(), substituteCallerId });
    expect(/callerId=\S+/.exec(dial ?? '')?.[0]).toBe(callerId);
  });
});

describe('a dial for a caller without a number', () => {
  it.each([
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
  it.each([[{ RecordingUrl: 'https://example.com/RE0', RecordingDuration: '4' }], [{}]])(
    'goes on alike with %j',
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

  it('is played from the rung on which it can be had, its URL encoded once', () => {
    const [play] = reply(main, { Digits: '2' }, lineWith({ [key]: 'proxy' }));
    expect(play).toBe(`Play /audio?key=${key}&exp=1&sig=2&at=menus.main.digits.2`);
  });

  it('is said, in its own language and without the voice of another, where it cannot be played', () => {
    const [say] = reply(main, { Digits: '2' }, lineWith({ [key]: 'say' }));
    expect(say).toBe('Say language=ja-JP 営業時間です。');
  });

  it('that failed begins on a lower rung, wherever it is heard', () => {
    const fallen = new Map([['menus.main.digits.2.next', 'say'] as const]);
    expect(press('2', at('menus.main.prompt', { fallen }))).toEqual([
      'Play /audio/prompts/営業 時間.mp3?at=menus.main.digits.2&attempt=1&asked=1&fallen=menus.main.digits.2.next:say',
      `Say ${english} Goodbye.`,
      'Hangup',
    ]);
    expect(twiml(flow, at('farewell', { fallen }), lineWith())).toContain('>Goodbye.</Say>');
  });

  it('is heard without a second copy of the greeting when a call goes on in its midst', () => {
    expect(
      heard(twiml(flow, at('menus.main.prompt', { attempt: 0, asked: 0 }), lineWith())),
    ).toEqual(question(1, 1));
  });
});
