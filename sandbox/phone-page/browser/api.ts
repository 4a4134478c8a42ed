import * as v from 'valibot';
import {
  type CallMessage,
  type CallSettings,
  callMessage,
  type RequestRow,
  requestRow,
  type State,
  type Switches,
  state,
} from '../protocol';

/** The sandbox gave no answer: it has ended, most likely. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** The sandbox refused, and said why in a sentence, or answered what this page cannot read. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

export const getState = (): Promise<State> => request(state, '/phone/state');

export const setSwitches = (switches: Switches): Promise<State> =>
  request(state, '/phone/switches', switches);

export async function placeCall(settings: CallSettings): Promise<string> {
  const { id } = await request(v.object({ id: v.string() }), '/phone/calls', settings);
  return id;
}

export const pressKey = (call: string, key: string): Promise<unknown> =>
  request(v.unknown(), `${addressOf(call)}/keys`, { key });

export const reportPlayed = (call: string, sound: number): Promise<unknown> =>
  request(v.unknown(), `${addressOf(call)}/played`, { sound });

export const hangUp = (call: string): Promise<unknown> =>
  request(v.unknown(), `${addressOf(call)}/hangup`, {});

/**
 * @param appended whether with the parameters that Twilio appends
 */
export const replay = (call: string, row: number, appended: boolean): Promise<RequestRow> =>
  request(requestRow, `${addressOf(call)}/requests/${row}/replay`, { appended });

export const soundAddress = (call: string, sound: number): string =>
  `${addressOf(call)}/sounds/${sound}`;

export const recordingAddress = (call: string): string => `${addressOf(call)}/recording.wav`;

function addressOf(call: string): string {
  return `/phone/calls/${encodeURIComponent(call)}`;
}

/** GET, or POST where there is a body. */
async function request<Schema extends v.GenericSchema>(
  schema: Schema,
  address: string,
  body?: unknown,
): Promise<v.InferOutput<Schema>> {
  const method = body === undefined ? 'GET' : 'POST';
  const response = await fetch(address, {
    method,
    ...(body !== undefined && {
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    }),
  }).catch(() => {
    throw new NoAnswerError(`${method} ${address} got no answer.`);
  });
  const text = await response.text();
  if (!response.ok) {
    throw new RefusedError(text || `${method} ${address} was answered with ${response.status}.`);
  }
  const read = v.safeParse(schema, text === '' ? undefined : parseJson(text));
  if (!read.success) {
    throw new RefusedError(
      `${method} ${address} was answered with what this page cannot read. Load the page again.`,
    );
  }
  return read.output;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What comes of listening to a call. */
export interface CallListener {
  /** All that the call has so far follows, again after each lost connection. */
  onOpen(): void;
  onMessage(message: CallMessage): void;
  /** The sandbox does not know the call. */
  onUnknown(): void;
  /** A message came that this page cannot read. */
  onUnreadable(): void;
}

/** Listens to a call until it has ended, and gives back how to stop before. */
export function listenToCall(call: string, listener: CallListener): () => void {
  const events = new EventSource(addressOf(call));
  events.onopen = () => listener.onOpen();
  events.onmessage = ({ data }) => {
    const read = v.safeParse(callMessage, parseJson(String(data)));
    if (!read.success) {
      listener.onUnreadable();
      return;
    }
    if (read.output.type === 'ended') events.close();
    listener.onMessage(read.output);
  };
  // The browser connects again by itself, unless the answer was an error.
  events.onerror = () => {
    if (events.readyState === EventSource.CLOSED) listener.onUnknown();
  };
  return () => events.close();
}
