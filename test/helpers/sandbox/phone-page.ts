import type { CallLog } from '../../../sandbox/phone-page/browser/call-log';
import type { CallMessage, CallSettings, RequestRow } from '../../../sandbox/phone-page/protocol';

/** A request of a call, as the server of the phone page describes it. */
export function rowWith(changes: Partial<RequestRow> = {}): RequestRow {
  return {
    request: 0,
    at: '2026-01-02T03:04:05.000Z',
    verb: 'Gather › Play',
    method: 'GET',
    url: 'http://localhost:3000/audio/welcome.1.2.mp3',
    appended: '',
    appendedCount: 0,
    servedBy: 'Asset',
    status: 200,
    contentType: 'audio/mpeg',
    milliseconds: 3,
    bytes: 100,
    requestHeaders: [],
    responseHeaders: [],
    curl: 'curl http://localhost:3000/audio/welcome.1.2.mp3',
    ...changes,
  };
}

export const started = (settings: Partial<CallSettings> = {}): CallMessage => ({
  type: 'started',
  callSid: 'CA1',
  settings: { source: 'project', append: 'gather', ...settings },
  at: '2026-01-02T03:04:05.000Z',
});

export const requested = (changes: Partial<RequestRow>): CallMessage => ({
  type: 'request',
  row: rowWith(changes),
});

export const sounded = (sound: number, request = 0): CallMessage => ({
  type: 'sound',
  sound,
  request,
  name: 'prompts/welcome.mp3',
  words: 'Welcome.',
});

export const silent = (request = 0): CallMessage => ({
  type: 'silence',
  request,
  name: 'prompts/menu.mp3',
  failure: 'nothing came.',
});

export const ended: CallMessage = { type: 'ended', how: 'You hung up.', silences: 0 };

export const logOf = (...messages: readonly CallMessage[]): CallLog => ({ id: 'a', messages });
