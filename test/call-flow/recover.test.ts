import { describe, expect, it } from '@jest/globals';
import { readInput } from '../../src/call-flow/input';
import { recover } from '../../src/call-flow/recover';
import { layOut } from '../../src/call-flow/steps';
import { twiml } from '../../src/call-flow/twiml';
import { everyBranch } from '../helpers/call-flow/every-branch';
import { heard, lineWith, ORIGIN } from '../helpers/call-flow/line';

const flow = layOut(everyBranch);
/** What the fallback URL answers; the first words of each verb. */
function heardAfter(errorUrl: unknown, parameters: object = {}): string[] {
  const state = recover(flow, errorUrl, readInput({ ...parameters }));
  return heard(twiml(flow, state, lineWith()));
}

const asset = `${ORIGIN}/audio/menu.mp3`;
const proxy = `${ORIGIN}/audio?key=prompts%2Fmenu.mp3&exp=1&sig=2`;
const english = 'language=en-GB voice=Polly.Amy-Neural';

describe('after a medium that failed', () => {
  it.each([
    ['an Asset', `${asset}?at=menus.main.prompt`],
    [
      'an Asset with parameters of Twilio',
      `${asset}?at=menus.main.prompt&CallSid=CA0&To=%2B81&FromCity=`,
    ],
  ])('%s is fetched through the proxy, and the call goes on there', (_, url) => {
    const fallen = 'fallen=menus.main.prompt:proxy';
    expect(heardAfter(url)).toEqual([
      `Gather numDigits=1 timeout=4 action=/menu?at=menus.main.prompt&attempt=1&asked=1&${fallen} finishOnKey=`,
      `  Play /audio?key=prompts/menu.mp3&exp=1&sig=2&at=menus.main.prompt&attempt=0&asked=0&${fallen}`,
      `Redirect /menu?at=menus.main.prompt&attempt=1&asked=1&${fallen}`,
    ]);
  });

  it('the proxy gives way to the words', () => {
    const [, words] = heardAfter(
      `${proxy}&at=menus.main.prompt&attempt=1&asked=3&fallen=menus.main.prompt%3Aproxy`,
    );
    expect(words).toBe(`  Say ${english} Press a key.`);
  });

  it('nothing but that prompt goes down', () => {
    const heardNow = heardAfter(`${asset}?at=menus.main.unknown`);
    expect(heardNow[0]).toMatch(/^Play \/audio\?key=prompts\/unknown\.mp3/);
    expect(heardNow[2]).toMatch(/^ {2}Play \/audio\/prompts\/menu\.mp3/);
  });

  it('attempts and questions go on from where they were', () => {
    const url = `${asset}?at=menus.main.prompt&attempt=1&asked=7&fallen=farewell%3Asay`;
    expect(heardAfter(url)[0]).toContain(
      'attempt=2&asked=8&fallen=farewell:say,menus.main.prompt:proxy',
    );
  });

  describe('and three others before', () => {
    const places = ['farewell', 'menus.main.greeting', 'menus.main.unknown'];
    const afterOthers = (rung: string, url: string) => {
      const fallen = encodeURIComponent(places.map((place) => `${place}:${rung}`).join());
      return heardAfter(`${url}at=menus.main.prompt&attempt=0&asked=1&fallen=${fallen}`);
    };

    it('nothing is looked for among the Assets any more', () => {
      const [gather, play] = afterOthers('proxy', `${asset}?`);
      expect(gather).toMatch(/&fallen=\*:proxy /);
      expect(play).toMatch(/^ {2}Play \/audio\?key=/);
    });

    it('what had to be said stays so', () => {
      expect(afterOthers('say', `${asset}?`)[0]).toMatch(
        /&fallen=\*:proxy,farewell:say,menus\.main\.greeting:say,menus\.main\.unknown:say /,
      );
    });

    it('everything is said where the proxy failed for all of them', () => {
      const [gather, say] = afterOthers('say', `${proxy}&`);
      expect(gather).toMatch(/&fallen=\*:say /);
      expect(say).toBe(`  Say ${english} Press a key.`);
    });
  });
});

describe('after a webhook that failed', () => {
  const menu = `${ORIGIN}/menu?at=menus.main.prompt&attempt=1&asked=1`;

  it('all prompts go down one rung, and the call goes on from what was pressed', () => {
    expect(heardAfter(menu, { Digits: '1' })[0]).toBe(
      'Play /audio?key=prompts/directions.mp3&exp=1&sig=2&at=menus.main.digits.1&attempt=1&asked=1&fallen=*:proxy',
    );
  });

  it('all prompts are said the next time', () => {
    const [first] = heardAfter(`${menu}&fallen=*%3Aproxy`, { Digits: '1' });
    expect(first).toBe(`Say ${english} Two minutes on foot.`);
  });

  it('the question comes again where it is not known what was pressed, at the price of an attempt', () => {
    expect(heardAfter(menu)[0]).toContain(
      'action=/menu?at=menus.main.prompt&attempt=2&asked=2&fallen=*:proxy',
    );
    const last = `${ORIGIN}/menu?at=menus.main.prompt&attempt=2&asked=2`;
    expect(heardAfter(last)[0]).toContain('action=/menu?at=menus.code.prompt&attempt=1&asked=3');
  });

  it('nobody is called twice', () => {
    const dialled = `${ORIGIN}/menu?at=menus.main.digits.4&attempt=1&asked=1`;
    expect(heardAfter(dialled)[0]).toBe(`Say ${english} Leave a message.`);
    expect(heardAfter(dialled, { DialCallStatus: 'completed' })).toEqual(['Hangup']);
  });

  it('a call that had just begun begins again', () => {
    const [first] = heardAfter(`${ORIGIN}/voice`);
    expect(first).toMatch(/^Play \/audio\?key=prompts\/welcome\.mp3.*&fallen=\*:proxy$/);
  });
});

describe('after a failure that cannot be placed', () => {
  it.each([
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
  ])('the call begins again, and all is said: %j', (url) => {
    expect(heardAfter(url).slice(0, 3)).toEqual([
      `Say ${english} Welcome.`,
      'Gather numDigits=1 timeout=4 action=/menu?at=menus.main.prompt&attempt=1&asked=1&fallen=*:say finishOnKey=',
      `  Say ${english} Press a key.`,
    ]);
  });
});
