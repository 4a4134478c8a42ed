import { describe, expect, it, test } from '@jest/globals';
import { type CallEvent, call, type LiveKeypad, liveKeypad, playTwiml } from '../../phone';
import { resultOf } from '../../src/result';
import { phoneOptions, walk } from '../helpers/phone/server';

const NO_KEY = '';
const NEVER = new Promise<void>(() => {});

/** At each wait the next of these keys is pressed; where it is not taken, the time is over. */
function scripted(script: readonly string[]) {
  const waits: number[] = [];
  const left = [...script];
  const keypad: LiveKeypad = liveKeypad({
    sleep(milliseconds, signal) {
      waits.push(milliseconds / 1000);
      const next = left.shift() ?? NO_KEY;
      return new Promise((end, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
        if (next === NO_KEY || !keypad.press(next)) end();
      });
    },
  });
  return { keypad, waits };
}

const gatherOf = (attributes: string, nested = '') =>
  `<Response><Gather ${attributes}>${nested}</Gather><Say>nobody pressed</Say></Response>`;

/** Performs TwiML, and presses keys while events of that verb are looked at. */
async function perform(
  twiml: string,
  keypad: LiveKeypad,
  pressAt: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const heard: string[] = [];
  const events: CallEvent[] = [];
  const note = (event: CallEvent) => {
    events.push(event);
    const { kind, verb } = event;
    heard.push(kind === 'verb' && event.digits !== undefined ? `Digits ${event.digits}` : verb);
    for (const key of pressAt[verb] ?? '') keypad.press(key);
  };
  const send = async () => Promise.reject(new Error('the call ends here'));
  const calling = playTwiml(twiml, phoneOptions({ keypad, send }));
  await resultOf(calling, note).catch(({ message }: Error) => heard.push(message));
  return heard;
}

describe('what ends an answer', () => {
  test.each<[string, string, string[], string, number[]]>([
    ['numDigits', 'numDigits="1"', ['7', '8'], '7', [5]],
    ['several digits', 'numDigits="3" timeout="9"', ['1', '*', '0', '4'], '1*0', [9, 9, 9]],
    ['the finishing key, which is not part of it', '', ['4', '2', '#', '1'], '42', [5, 5, 5]],
    ['another finishing key', 'finishOnKey="*"', ['#', '*'], '#', [5, 5]],
    ['the timeout after the last key', 'timeout="2"', ['4', '2', NO_KEY], '42', [2, 2, 2]],
    ['the timeout, without a finishing key', 'finishOnKey=""', ['#', NO_KEY], '#', [5, 5]],
    ['the timeout of a silent caller', 'timeout="3"', [NO_KEY], '', [3]],
    ['the finishing key alone: nothing was gathered', '', ['#'], '', [5]],
    ['the timeout, where only speech is listened to', 'input="speech"', ['4'], '', [5]],
  ])('is %s', async (_, attributes, script, digits, waits) => {
    const scriptedPad = scripted(script);
    const heard = await perform(gatherOf(`${attributes} action="/x"`), scriptedPad.keypad);
    expect(heard[0]).toBe(`Digits ${digits}`);
    expect(scriptedPad.waits).toEqual(waits);
    if (digits === '') expect(heard.slice(1)).toEqual(['Say']);
  });
});

describe('a key during what is nested in a Gather', () => {
  const nested = '<Say>one</Say><Pause/><Say>two</Say>';

  it('ends it, and is the first of the answer', async () => {
    const { keypad, waits } = scripted(['2', NO_KEY]);
    const heard = await perform(gatherOf('action="/x"', nested), keypad, { 'Gather › Say': '1' });
    expect(heard.slice(0, 2)).toEqual(['Gather › Say', 'Digits 12']);
    expect(waits).toEqual([5, 5]);
  });

  it('is the whole answer where one digit is enough, without any wait', async () => {
    const { keypad, waits } = scripted([]);
    const twiml = gatherOf('numDigits="1" action="/x"', nested);
    const heard = await perform(twiml, keypad, { 'Gather › Pause': '19' });
    expect(heard.slice(0, 3)).toEqual(['Gather › Say', 'Gather › Pause', 'Digits 1']);
    expect(waits).toEqual([]);
  });

  it('changes nothing where only speech is listened to', async () => {
    const { keypad } = scripted([NO_KEY]);
    const twiml = gatherOf('input="speech"', nested);
    const heard = await perform(twiml, keypad, { 'Gather › Say': '1' });
    expect(heard).toEqual(['Gather › Say', 'Gather › Pause', 'Gather › Say', 'Digits ', 'Say']);
  });
});

it('loses keys that are pressed outside of a Gather, before and after one', async () => {
  const { keypad, waits } = scripted(['3']);
  expect(keypad.press('1')).toBe(false);
  const twiml =
    '<Response><Say>hello</Say><Gather numDigits="1"/><Gather numDigits="1"/></Response>';
  const heard = await perform(twiml, keypad, { Say: '2', Gather: '4' });
  expect(heard.slice(0, 2)).toEqual(['Say', 'Digits 3']);
  expect(waits).toEqual([5]);
  expect(keypad.interrupted()).toBe(false);
});

describe('hanging up', () => {
  const server = { voiceUrl: 'http://localhost/voice' };
  const send = async () => ({
    status: 200,
    headers: { 'content-type': 'text/xml' },
    body: Buffer.from(gatherOf('action="/menu"')),
  });

  it('ends a Gather that waits, and nothing more is requested', async () => {
    const keypad = liveKeypad({ sleep: (_, signal) => untilAborted(signal) });
    const requests: string[] = [];
    const calling = call({
      ...phoneOptions({ keypad }),
      ...server,
      send: async ({ url }) => {
        requests.push(url);
        return send();
      },
    });
    expect((await calling.next()).value).toMatchObject({ verb: 'voice' });
    const waiting = calling.next();
    keypad.hangUp();
    expect((await waiting).value).toMatchObject({ verb: 'Gather', digits: '' });
    await calling.return({ callSid: '', ended: 'Hangup', errorCodes: [] });
    expect(await calling.next()).toEqual({ done: true, value: undefined });
    expect(requests).toEqual(['http://localhost/voice']);
  });

  it('before a Gather means that it does not wait', async () => {
    const { keypad, waits } = scripted([]);
    keypad.hangUp();
    expect(await perform(gatherOf(''), keypad)).toEqual(['Digits ', 'Say']);
    expect(waits).toEqual([]);
  });
});

it('uses the keys of `digits` where there is no keypad', async () => {
  const twiml = '<Response><Gather numDigits="2"><Say>one</Say></Gather></Response>';
  const { events } = await walk(playTwiml(twiml, phoneOptions({ digits: [''] })));
  expect(events.map(({ verb }) => verb)).toEqual(['Gather › Say', 'Gather']);
});

function untilAborted(signal: AbortSignal | undefined): Promise<void> {
  return Promise.race([
    NEVER,
    new Promise<void>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
    }),
  ]);
}
