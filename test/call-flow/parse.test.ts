import { describe, expect, test } from '@jest/globals';
import { checkCallFlow, missingPrompts, parseCallFlow } from '../../src/call-flow/parse';
import { everyBranch } from '../helpers/call-flow/every-branch';

/** The flow with one value replaced, or removed if there is none. */
function changed(path: string, value?: unknown): string {
  const flow = structuredClone(everyBranch);
  const names = path.split('/');
  const last = names.pop() ?? '';
  const parent = names.reduce<object>((node, name) => Reflect.get(node, name), flow);
  if (value === undefined) Reflect.deleteProperty(parent, last);
  else Reflect.set(parent, last, value);
  return JSON.stringify(flow);
}

function messageFor(path: string, value?: unknown, read = parseCallFlow): string {
  try {
    read(changed(path, value));
    return '';
  } catch (thrown) {
    return String(thrown);
  }
}

const prompt = { text: 'Words.' };

describe('a call flow', () => {
  test('gets its defaults when it is read', () => {
    const small = {
      start: { action: 'menu', menu: 'm' },
      menus: { m: { prompt, digits: { '1': { action: 'hangup' } } } },
      farewell: prompt,
    };
    expect(parseCallFlow(JSON.stringify(small))).toEqual({
      ...small,
      menus: {
        m: {
          ...small.menus.m,
          finishOnKey: '',
          timeout: 5,
          attempts: 3,
          unknown: { action: 'again' },
          silence: { action: 'again' },
        },
      },
      hours: {},
      questions: 50,
    });
  });

  test.each([
    ['farewell', undefined, 'farewell must be there'],
    ['menus/main/greting', prompt, 'menus.main.greting is not a field; the fields are greeting,'],
    ['menus/main/attempts', 0, 'menus.main.attempts must be a whole number from 1 to 10 (found 0)'],
    ['menus/main/attempts', 2.5, 'must be a whole number from 1 to 10 (found 2.5)'],
    ['menus/main/timeout', '5', 'must be a whole number from 1 to 60 (found "5")'],
    ['menus/main/digits', {}, 'menus.main.digits must have at least one key (found {})'],
    [
      'menus/main/digits/12a',
      { action: 'hangup' },
      'menus.main.digits.12a must be keys of a telephone',
    ],
    [
      'menus/main/digits/1/action',
      'sing',
      'menus.main.digits.1.action must be play, menu, again, dial',
    ],
    ['menus/main/digits/1/prompt', undefined, 'menus.main.digits.1.prompt must be there'],
    [
      'menus/main/digits/4/number',
      '050-1234',
      'must be a phone number in E.164, such as +815012345678, or a SIP address (found "050-1234")',
    ],
    ['menus/main/digits/4/callerId', 'me', 'menus.main.digits.4.callerId must be a phone number'],
    [
      'menus/main/digits/3/menu',
      'cod',
      'menus.main.digits.3.menu must be the name of a menu; there are: main, code (found "cod")',
    ],
    [
      'menus/main/digits/7/hours',
      'toString',
      'must be the name of opening hours; there are: always, never',
    ],
    ['menus/main/numDigits', 0, 'menus.main.numDigits must be a whole number from 1 to 20'],
    [
      'menus/code/numDigits',
      3,
      'menus.code.digits.1234 cannot be pressed: numDigits takes 3 of them',
    ],
    ['menus/main/finishOnKey', '#', 'menus.main.digits.# cannot be pressed: # is the finishOnKey'],
    ['menus/main menu', {}, 'menus.main menu must be a name of letters, digits, _ and -'],
    [
      'start',
      { action: 'again' },
      'start.action must not be here: there is no question to ask again',
    ],
    ['menus/main/otherwise', { action: 'again' }, 'menus.main.otherwise.action must not be here'],
    ['farewell/text', '', 'farewell.text must be the words of the prompt (found "")'],
    ['farewell/text', 'あ'.repeat(1334), 'must have at most 4,000 bytes'],
    ['farewell/text', 'Good\u0007bye', 'must have no control characters'],
    [
      'farewell/language',
      'english',
      'farewell.language must be a language of <Say>, such as en-GB or ja-JP (found "english")',
    ],
    ['language', 'en-UK', 'language must be a language of <Say>'],
    ['farewell/text', ' \n\u3000', 'farewell.text must be the words of the prompt'],
    ['farewell/voice', 'Alexa', 'farewell.voice must be a voice of <Say>'],
    ['farewell/key', 'a/../b.mp3', 'must not have "." or ".." between slashes'],
    ['farewell/key', 'é'.repeat(513), 'which has at most 1,024 bytes'],
    ['farewell/key', 'a\ud800.mp3', 'must be text that UTF-8 can hold'],
    [
      'hours/never/weekly',
      { monday: ['18:00-09:00'] },
      'hours.never.weekly.monday.0 must be a time of day',
    ],
    ['hours/never/weekly', { monday: '09:00-18:00' }, 'must be a list of times of day'],
    [
      'hours/never/weekly',
      { mon: [] },
      'hours.never.weekly.mon is not a field; the fields are monday,',
    ],
    ['hours/never/holidays', { '2027-02-29': [] }, 'must be a date'],
    ['questions', 1000, 'questions must be a whole number from 1 to 200 (found 1000)'],
  ])(
    'with a wrong %s (%j) is refused with path, value and what is allowed',
    (path, value, message) => {
      expect(messageFor(path, value)).toContain(message);
    },
  );

  test('is refused with all its problems at once', () => {
    const message = messageFor('menus/main', { prompt: {}, digits: { '1': { action: 'menu' } } });
    expect(message).toContain('menus.main.prompt.text must be there');
    expect(message).toContain('menus.main.digits.1.menu must be there');
  });

  test('that is not JSON is refused with the reason and the line', () => {
    expect(() => parseCallFlow('{"start": }')).toThrow(
      /^assets\/call-flow\.private\.json is not JSON: Unexpected token/,
    );
    expect(() => parseCallFlow('{\n  "a": 1\n  "b": 2\n}')).toThrow('(line 3 column 3)');
  });
});

describe('the check before a deployment', () => {
  test('refuses a time zone that does not exist', () => {
    expect(messageFor('hours/never/timeZone', 'Asia/Tokio')).toBe('');
    expect(messageFor('hours/never/timeZone', 'Asia/Tokio', checkCallFlow)).toContain(
      'hours.never.timeZone must be a time zone such as Asia/Tokyo (found "Asia/Tokio")',
    );
  });

  test('names the prompts that a bucket lacks, each once', () => {
    const keys = new Set(['prompts/welcome.mp3', 'prompts/menu.mp3', 'prompts/unknown.mp3']);
    const missing = missingPrompts(everyBranch, keys);
    expect(missing.map(({ at, prompt: { key } }) => [at, key])).toEqual([
      ['menus.main.digits.1.prompt', 'prompts/directions.mp3'],
      ['menus.main.digits.2.prompt', 'prompts/営業 時間.mp3'],
      ['menus.main.digits.2.next.prompt', 'prompts/goodbye.mp3'],
    ]);
  });
});
