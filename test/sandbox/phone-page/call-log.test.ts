import { describe, expect, it } from '@jest/globals';
import {
  isListening,
  momentsOf,
  phaseOf,
  rowsOf,
} from '../../../sandbox/phone-page/browser/call-log';
import type { CallMessage } from '../../../sandbox/phone-page/protocol';
import {
  ended,
  logOf,
  requested,
  silent,
  sounded,
  started,
} from '../../helpers/sandbox/phone-page';

const listening: CallMessage = { type: 'listening', numDigits: 1, finishOnKey: '#' };
const pressed: CallMessage = { type: 'pressed', digits: '1' };
const said: CallMessage = { type: 'say', sound: 1, text: 'Goodbye.' };

describe('the rows of a call', () => {
  it('are in the order of their numbers', () => {
    const log = logOf(requested({ request: 1 }), requested({ request: 0 }));
    expect(rowsOf(log).map(({ request }) => request)).toEqual([0, 1]);
  });

  it('hold a repeated request once, though it comes by the stream, too', () => {
    const again = requested({ request: 1, replayOf: 0 });
    expect(rowsOf(logOf(requested({}), again, again))).toHaveLength(2);
  });
});

describe('the transcript', () => {
  it('has what is heard, said and pressed, silence, and how the call ended', () => {
    const log = logOf(started(), listening, sounded(0), silent(), pressed, said, ended);
    expect(momentsOf(log).map(({ type }) => type)).toEqual([
      'sound',
      'silence',
      'pressed',
      'say',
      'ended',
    ]);
  });

  it('has a webhook that failed, and no request that went well', () => {
    const failed = requested({ verb: 'voice', status: undefined, failure: '11205: no answer' });
    const log = logOf(failed, requested({ request: 1, verb: 'fallback' }));
    expect(momentsOf(log)).toEqual([
      { type: 'unanswered', row: expect.objectContaining({ verb: 'voice' }) },
    ]);
  });

  it('has a medium that failed as silence alone, and a repeated request not at all', () => {
    const log = logOf(
      requested({ failure: '11200: answered 403' }),
      silent(),
      requested({ request: 1, verb: 'voice', failure: '11205: no answer', replayOf: 0 }),
    );
    expect(momentsOf(log).map(({ type }) => type)).toEqual(['silence']);
  });
});

describe('why a prompt was silence', () => {
  it.each([
    [
      'is the status, where one came that refuses',
      { servedBy: 'S3', status: 403 },
      'S3 answered 403 Forbidden.',
    ],
    [
      'is that no answer came',
      { servedBy: 'proxy', status: undefined },
      'The proxy gave no answer.',
    ],
    [
      'is what Twilio says, where the status is good and the rest is not',
      { status: 200, failure: '12300: sent no type' },
      '12300: sent no type.',
    ],
  ] as const)('%s', (_title, changes, reason) => {
    expect(momentsOf(logOf(requested(changes), silent()))).toEqual([
      expect.objectContaining({ reason }),
    ]);
  });
});

describe('a call that listens', () => {
  it.each<[string, readonly CallMessage[], boolean]>([
    ['does so while the prompts of its question play', [listening, sounded(0)], true],
    ['does not before a question', [started(), sounded(0)], false],
    ['does not after an answer', [listening, pressed], false],
    ['does again at the next question', [listening, pressed, listening], true],
    ['does not after its end', [listening, ended], false],
  ])('%s', (_title, messages, expected) => {
    expect(isListening(logOf(...messages))).toBe(expected);
  });
});

describe('what the handset shows', () => {
  it.each<[string, readonly CallMessage[], boolean, object]>([
    ['calls until something is heard', [started()], false, { kind: 'calling' }],
    [
      'names the prompt that plays, and that a key ends it',
      [started(), listening, sounded(0)],
      true,
      { kind: 'playing', name: 'prompts/welcome.mp3', isListening: true },
    ],
    [
      'listens when the prompt is over',
      [started(), listening, sounded(0)],
      false,
      { kind: 'listening', silences: 0 },
    ],
    [
      'counts the silences while it listens, with the reason of the last',
      [started(), listening, silent(), silent()],
      false,
      { kind: 'listening', silences: 2, reason: 'nothing came.' },
    ],
    [
      'forgets silences once something was heard',
      [started(), listening, silent(), sounded(0)],
      false,
      { kind: 'listening', silences: 0 },
    ],
    [
      'does not listen any more after a key',
      [started(), listening, silent(), pressed],
      false,
      { kind: 'calling' },
    ],
    [
      'tells of silence where no key is expected',
      [started(), silent()],
      false,
      { kind: 'silence', name: 'prompts/menu.mp3', reason: 'nothing came.' },
    ],
    [
      'says that a text is read out',
      [started(), said],
      true,
      { kind: 'saying', isListening: false },
    ],
    ['ends', [started(), ended], false, { kind: 'ended', how: 'You hung up.', silences: 0 }],
  ])('%s', (_title, messages, isSounding, phase) => {
    expect(phaseOf(logOf(...messages), isSounding)).toEqual(phase);
  });

  it('is ready without a call', () => {
    expect(phaseOf(undefined, false)).toEqual({ kind: 'ready' });
  });
});
