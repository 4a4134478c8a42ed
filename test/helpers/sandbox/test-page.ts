import * as v from 'valibot';
import {
  type CallMessage,
  type CallSettings,
  callMessage,
  type RequestRow,
  requestRow,
  type State,
  state,
} from '../../../sandbox/phone-page/protocol';

/** What a page does at a message of its call. */
export type Reaction = (message: CallMessage, call: TestCall) => unknown;

export interface TestCall {
  readonly id: string;
  press(key: string): Promise<Response>;
  played(sound: number): Promise<Response>;
  hangUp(): Promise<Response>;
  replay(request: number, appended: boolean): Promise<RequestRow>;
}

/** What the browser does at the phone page. */
export class TestPage {
  constructor(readonly origin: string) {}

  get(path: string): Promise<Response> {
    return fetch(this.origin + path);
  }

  post(path: string, body: unknown): Promise<Response> {
    return fetch(this.origin + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Origin: this.origin },
      body: JSON.stringify(body),
    });
  }

  async state(): Promise<State> {
    return v.parse(state, await (await this.get('/phone/state')).json());
  }

  /** Begins a call and reacts to its messages, up to its end. */
  async call(
    settings: CallSettings,
    react: Reaction,
  ): Promise<TestCall & { messages: CallMessage[] }> {
    const begun = await this.post('/phone/calls', settings);
    const { id } = v.parse(v.object({ id: v.string() }), await begun.json());
    const call: TestCall = {
      id,
      press: (key) => this.post(`/phone/calls/${id}/keys`, { key }),
      played: (sound) => this.post(`/phone/calls/${id}/played`, { sound }),
      hangUp: () => this.post(`/phone/calls/${id}/hangup`, {}),
      replay: async (request, appended) => {
        const path = `/phone/calls/${id}/requests/${request}/replay`;
        return v.parse(requestRow, await (await this.post(path, { appended })).json());
      },
    };
    const messages: CallMessage[] = [];
    for await (const message of this.follow(id)) {
      messages.push(message);
      await react(message, call);
    }
    return { ...call, messages };
  }

  /** The messages of a call, each held against the protocol. */
  async *follow(id: string): AsyncGenerator<CallMessage> {
    const { body } = await this.get(`/phone/calls/${id}`);
    let left = '';
    for await (const text of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const events = (left + text).split('\n\n');
      left = events.pop() ?? '';
      for (const event of events) {
        yield v.parse(callMessage, JSON.parse(event.replace(/^data: /, '')));
      }
    }
  }
}

/** Plays everything to its end at once, and presses these keys at the prompts of that name. */
export function playing(keys: Readonly<Record<string, string>> = {}): Reaction {
  const left = new Map(Object.entries(keys).map(([name, pressed]) => [name, [...pressed]]));
  return async (message, call) => {
    if (message.type !== 'sound' && message.type !== 'say' && message.type !== 'silence') return;
    const name = 'name' in message ? message.name : message.text;
    const next = left.get(name)?.shift();
    if (next !== undefined) await (next === 'x' ? call.hangUp() : call.press(next));
    else if ('sound' in message) await call.played(message.sound);
  };
}

export const rowsOf = (messages: readonly CallMessage[]): RequestRow[] =>
  messages.flatMap((message) => (message.type === 'request' ? message.row : []));
