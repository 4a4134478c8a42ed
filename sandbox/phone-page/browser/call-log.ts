import type { CallMessage, CallSettings, RequestRow } from '../protocol';
import { isMedia, reasonOf } from './requests';

/** A call as far as it is known here. */
export interface CallLog {
  readonly id: string;
  /** In their order. */
  readonly messages: readonly CallMessage[];
}

type MessageOf<Type extends CallMessage['type']> = Extract<CallMessage, { type: Type }>;

/** What the caller notices, or what explains why there is nothing to notice. */
export type Moment =
  | MessageOf<'sound' | 'say' | 'pressed' | 'verb' | 'ended'>
  /** With its reason in a sentence. */
  | (MessageOf<'silence'> & { readonly reason: string })
  /** A request for TwiML that failed. */
  | { readonly type: 'unanswered'; readonly row: RequestRow };

/** In milliseconds, as `Date.now`. */
export function startOf({ messages }: CallLog): number | undefined {
  const start = messages.find((message) => message.type === 'started');
  return start && Date.parse(start.at);
}

export function settingsOf({ messages }: CallLog): CallSettings | undefined {
  return messages.find((message) => message.type === 'started')?.settings;
}

export function endOf({ messages }: CallLog): MessageOf<'ended'> | undefined {
  return messages.find((message) => message.type === 'ended');
}

/** Each request once, in the order of their numbers: a repeated one comes by two ways. */
export function rowsOf({ messages }: CallLog): readonly RequestRow[] {
  const rows = new Map<number, RequestRow>();
  for (const message of messages) {
    if (message.type === 'request') rows.set(message.row.request, message.row);
  }
  return [...rows.values()].sort((a, b) => a.request - b.request);
}

/** The call as it was heard, in its order. */
export function momentsOf(log: CallLog): readonly Moment[] {
  return log.messages.flatMap((message): readonly Moment[] => {
    switch (message.type) {
      case 'started':
      case 'listening':
        return [];
      case 'request': {
        const { row } = message;
        const isUnanswered =
          row.failure !== undefined && row.replayOf === undefined && !isMedia(row);
        return isUnanswered ? [{ type: 'unanswered', row }] : [];
      }
      case 'silence':
        return [{ ...message, reason: silenceReason(log, message) }];
      default:
        return [message];
    }
  });
}

function silenceReason(log: CallLog, { request, failure }: MessageOf<'silence'>): string {
  const row = rowsOf(log).find((each) => each.request === request);
  return row ? reasonOf(row) : failure;
}

/** Whether Twilio takes keys now. */
export function isListening({ messages }: CallLog): boolean {
  const last = messages.findLast(({ type }) => ['listening', 'pressed', 'ended'].includes(type));
  return last?.type === 'listening';
}

/** What the handset shows. */
export type Phase =
  | { readonly kind: 'ready' }
  | { readonly kind: 'calling' }
  | { readonly kind: 'playing'; readonly name: string; readonly isListening: boolean }
  | { readonly kind: 'saying'; readonly isListening: boolean }
  /** Prompts since the last sound that were silence, and why the last one was. */
  | { readonly kind: 'listening'; readonly silences: number; readonly reason?: string }
  | { readonly kind: 'silence'; readonly name: string; readonly reason: string }
  | { readonly kind: 'ended'; readonly how: string; readonly silences: number };

/**
 * @param isSounding whether the last prompt still plays
 */
export function phaseOf(log: CallLog | undefined, isSounding: boolean): Phase {
  if (!log) return { kind: 'ready' };
  const end = endOf(log);
  if (end) return { kind: 'ended', how: end.how, silences: end.silences };
  let silences: readonly MessageOf<'silence'>[] = [];
  let last: MessageOf<'sound' | 'say' | 'silence'> | undefined;
  for (const message of log.messages) {
    switch (message.type) {
      case 'pressed':
        silences = [];
        last = undefined;
        break;
      case 'silence':
        silences = [...silences, message];
        last = message;
        break;
      case 'sound':
      case 'say':
        silences = [];
        last = message;
        break;
    }
  }
  if (isSounding && last?.type === 'sound') {
    return { kind: 'playing', name: last.name, isListening: isListening(log) };
  }
  if (isSounding && last?.type === 'say') return { kind: 'saying', isListening: isListening(log) };
  if (isListening(log)) {
    const latest = silences.at(-1);
    const reason = latest && silenceReason(log, latest);
    return { kind: 'listening', silences: silences.length, reason };
  }
  return last?.type === 'silence'
    ? { kind: 'silence', name: last.name, reason: silenceReason(log, last) }
    : { kind: 'calling' };
}
