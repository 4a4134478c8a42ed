import { describe, expect, test } from '@jest/globals';
import { recover } from '../../src/call-flow/advance';
import { readInput } from '../../src/call-flow/input';
import { layOut } from '../../src/call-flow/steps';
import { twiml } from '../../src/call-flow/twiml';
import { withOverrides } from '../../src/webhook-url';
import { everyBranch } from '../helpers/call-flow/every-branch';
import { contextWith, ORIGIN, outlineOf } from '../helpers/call-flow/outline';

const flow = layOut(everyBranch);
/** The TwiML of the fallback URL. */
function fallback(errorUrl: unknown, parameters: object = {}): string[] {
  const state = recover(flow, errorUrl, readInput({ ...parameters }));
  return outlineOf(twiml(flow, state, contextWith()));
}

const asset = `${ORIGIN}/audio/menu.mp3`;
const proxy = `${ORIGIN}/audio?key=prompts%2Fmenu.mp3&exp=1&sig=2`;
const english = 'language=en-GB voice=Polly.Amy-Neural';

describe('after a medium failed', () => {
  test.each([
    ['an Asset', `${asset}?at=menus.main.prompt`],
    [
      'an Asset, with parameters that Twilio appended,',
      `${asset}?at=menus.main.prompt&CallSid=CA0&To=%2B81&FromCity=`,
    ],
  ])('%s falls back to the proxy, and the call goes on at its step', (_, url) => {
    expect(fallback(url)).toEqual([
      'Gather numDigits=1 timeout=4 action=/menu?at=menus.main.prompt&attempt=1&asked=1&level=1 finishOnKey=',
      '  Play /audio?key=prompts/menu.mp3&exp=1&sig=2&at=menus.main.prompt&attempt=0&asked=0&level=1',
      'Redirect /menu?at=menus.main.prompt&attempt=1&asked=1&level=1',
    ]);
  });

  test('the proxy falls back to text', () => {
    const [gather, words] = fallback(`${proxy}&at=menus.main.prompt&attempt=1&asked=3&level=1`);
    expect(gather).toContain('attempt=2&asked=4&level=2');
    expect(words).toBe(`  Say ${english} Press a key.`);
  });

  test('the proxy falls back to text in a call that had no failure before', () => {
    expect(fallback(`${proxy}&at=menus.main.prompt`)[1]).toBe(`  Say ${english} Press a key.`);
  });

  test('the level stays for all prompts of the rest of the call', () => {
    const [unknown, , menu] = fallback(`${asset}?at=menus.main.unknown`);
    expect(unknown).toMatch(/^Play \/audio\?key=prompts\/unknown\.mp3/);
    expect(menu).toMatch(/^ {2}Play \/audio\?key=prompts\/menu\.mp3/);
  });

  test('attempts and questions keep their counts', () => {
    const url = `${proxy}&at=menus.main.prompt&attempt=1&asked=7&level=1`;
    expect(fallback(url)[0]).toContain('attempt=2&asked=8&level=2');
  });

  test('the level never falls', () => {
    const url = `${asset}?at=menus.main.prompt&attempt=1&asked=7&level=2`;
    expect(fallback(url).slice(0, 2)).toEqual([
      expect.stringContaining('&level=2 '),
      `  Say ${english} Press a key.`,
    ]);
  });
});

describe('after a webhook failed', () => {
  const menu = `${ORIGIN}/menu?at=menus.main.prompt&attempt=1&asked=1`;

  test('the level rises by one, and the call goes on from what was pressed', () => {
    expect(fallback(menu, { Digits: '1' })[0]).toBe(
      'Play /audio?key=prompts/directions.mp3&exp=1&sig=2&at=menus.main.digits.1&attempt=1&asked=1&level=1',
    );
  });

  test('everything is said when another webhook fails', () => {
    const [first] = fallback(`${menu}&level=1`, { Digits: '1' });
    expect(first).toBe(`Say ${english} Two minutes on foot.`);
  });

  test('everything is still said when a third fails', () => {
    const [first] = fallback(`${menu}&level=2`, { Digits: '1' });
    expect(first).toBe(`Say ${english} Two minutes on foot.`);
  });

  test('the question is asked again, which costs an attempt, if it is unknown what was pressed', () => {
    expect(fallback(menu)[0]).toContain(
      'action=/menu?at=menus.main.prompt&attempt=2&asked=2&level=1',
    );
    const last = `${ORIGIN}/menu?at=menus.main.prompt&attempt=2&asked=2`;
    expect(fallback(last)[0]).toContain('action=/menu?at=menus.code.prompt&attempt=1&asked=3');
  });

  test('a number is not dialled twice', () => {
    const dialled = `${ORIGIN}/menu?at=menus.main.digits.4&attempt=1&asked=1`;
    expect(fallback(dialled)[0]).toBe(`Say ${english} Leave a message.`);
    expect(fallback(dialled, { DialCallStatus: 'completed' })).toEqual(['Hangup']);
  });

  test('it does not matter whether its URL has its connection overrides', () => {
    expect(fallback(withOverrides(menu), { Digits: '1' })).toEqual(fallback(menu, { Digits: '1' }));
    expect(fallback(withOverrides(`${ORIGIN}/voice`))).toEqual(fallback(`${ORIGIN}/voice`));
  });

  test('a call that had just begun begins again', () => {
    const [first] = fallback(`${ORIGIN}/voice`);
    expect(first).toMatch(/^Play \/audio\?key=prompts\/welcome\.mp3.*&level=1$/);
  });
});

describe('after a failure whose URL names no step', () => {
  test.each([
    [undefined],
    [''],
    ['not a URL'],
    [['https://a.example/menu', 'https://b.example/menu']],
    [`${ORIGIN}/fallback`],
    [`${ORIGIN}/menu`],
    [`${ORIGIN}/menu?at=menus.gone.prompt&attempt=1&asked=1`],
    [`${ORIGIN}/menu?at=menus.main.prompt&at=menus.code.prompt`],
    [asset],
    ['https://example.com/other.mp3?at=menus.main.prompt'],
  ])('the call begins again, and everything is said: %j', (url) => {
    expect(fallback(url).slice(0, 3)).toEqual([
      `Say ${english} Welcome.`,
      'Gather numDigits=1 timeout=4 action=/menu?at=menus.main.prompt&attempt=1&asked=1&level=2 finishOnKey=',
      `  Say ${english} Press a key.`,
    ]);
  });
});
