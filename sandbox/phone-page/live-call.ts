import {
  CallError,
  type CallEvent,
  type CallSummary,
  type LiveKeypad,
  liveKeypad,
  type MediaEvent,
  type PhoneOptions,
  type SendRequest,
  type VerbEvent,
} from '../../phone';
import { recordingOf } from '../../phone/recording';
import type { Clock } from '../../src/clock';
import { messageOf } from '../../src/errors';
import { PAUSE_SECONDS } from '../../src/limits';
import { type Exchange, logExchanges } from './exchanges';
import { Hearing } from './hearing';
import { MessageLog } from './message-log';
import type { PromptNames } from './prompt-names';
import type { CallMessage, CallSettings, RequestRow } from './protocol';
import { replayOf, type SentRequest } from './replay';
import { type RowFacts, rowOf } from './request-row';
import { detailOf, endingOf, failureOf } from './sentences';

export interface LiveCallOptions {
  /** Who calls whom. */
  readonly phone: PhoneOptions & { readonly callSid: string };
  readonly settings: CallSettings;
  /** Begins the call. */
  readonly dial: (
    live: Required<Pick<PhoneOptions, 'keypad' | 'send'>>,
  ) => AsyncGenerator<CallEvent, CallSummary>;
  /** Sends the phone's requests. */
  readonly send: SendRequest;
  readonly names: PromptNames;
  readonly place: Pick<RowFacts, 'publicOrigin' | 'region'>;
  readonly clock: Clock;
}

/** What Twilio got to play. */
export interface Sound {
  readonly body: Buffer;
  readonly contentType: string;
}

/** Rows that are added to a call by sending requests again. */
const REPLAYS_MAX = 100;

/**
 * A call that a page leads: it goes on when the page reports that a prompt was played, or sends a key.
 * All its messages are kept, so that a page that comes later sees it whole.
 */
export class LiveCall {
  readonly at: Date;
  readonly settings: CallSettings;
  readonly #options: LiveCallOptions;
  readonly #log: MessageLog;
  readonly #keypad: LiveKeypad;
  readonly #events: CallEvent[] = [];
  /** What was played, by its index; what was said has no bytes. */
  readonly #sounds: (Sound | undefined)[] = [];
  readonly #requests: SentRequest[] = [];
  #isOver = false;
  #silences = 0;
  #replays = 0;
  readonly #hearing: Hearing;

  constructor(options: LiveCallOptions) {
    const { clock, settings, phone } = options;
    this.#options = options;
    this.settings = settings;
    this.at = clock.now();
    this.#keypad = liveKeypad(clock);
    this.#hearing = new Hearing(clock);
    this.#log = new MessageLog(clock, () =>
      this.end('The page was closed, so the call was hung up.'),
    );
    const { callSid } = phone;
    this.#log.add({ type: 'started', callSid, settings, at: this.at.toISOString() });
    void this.#run();
  }

  /**
   * Tells all that has happened, and then what happens. The last message is `ended`.
   *
   * @returns what ends it
   */
  follow(follower: (message: CallMessage) => void): () => void {
    return this.#log.follow(follower);
  }

  /** Keys outside of a Gather are lost. */
  press(key: string): void {
    if (this.#keypad.press(key)) this.#hearing.cutShort();
  }

  /** A prompt was played to its end. */
  played(sound: number): void {
    this.#hearing.played(sound);
  }

  /** @param how one sentence */
  end(how: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#log.add({ type: 'ended', how, silences: this.#silences });
    this.#keypad.hangUp();
    this.#hearing.cutShort();
  }

  sound(index: number): Sound | undefined {
    return this.#sounds[index];
  }

  /** What the caller has heard so far, as WAV. */
  async recording(): Promise<Buffer> {
    return (await recordingOf(this.#events, this.#hearing.cutSeconds)).wav;
  }

  /**
   * Sends a request again, with Twilio's parameters or without them. Its row is a part of the call.
   *
   * @returns undefined for a request that the call did not send
   * @throws {PlayError} when a prompt cannot be presigned
   */
  async replay(index: number, isAppended: boolean): Promise<RequestRow | 'too many' | undefined> {
    const { send, clock, phone } = this.#options;
    const first = this.#requests[index];
    if (!first) return undefined;
    if (this.#replays === REPLAYS_MAX) return 'too many';
    this.#replays += 1;
    const sent = replayOf(first, isAppended, phone);
    const exchanges = logExchanges(send, clock);
    await exchanges.send(sent.request).catch((thrown) => {
      if (!(thrown instanceof CallError)) throw thrown;
    });
    const [exchange] = exchanges.take();
    if (!exchange) throw new Error('a request was sent and not noted');
    return this.#addRow(exchange, sent, { replayOf: index });
  }

  async #run(): Promise<void> {
    const { dial, send, clock } = this.#options;
    const exchanges = logExchanges(send, clock);
    const calling = dial({ keypad: this.#announced(this.#keypad), send: exchanges.send });
    try {
      while (!this.#isOver) {
        const { done, value } = await calling.next();
        if (this.#isOver) break;
        if (done) return this.end(endingOf(value));
        await this.#perform(this.#withKeptBody(value), exchanges.take());
      }
      const hungUp = { callSid: '', ended: 'Hangup', errorCodes: [] } as const;
      await calling.return(hungUp);
    } catch (thrown) {
      this.end(`The call broke off: ${messageOf(thrown)}`);
    }
  }

  /** The keypad, and a message when it begins to listen. */
  #announced(keypad: LiveKeypad): LiveKeypad {
    return {
      ...keypad,
      listen: (gather) => {
        keypad.listen(gather);
        const { numDigits, finishOnKey = '#' } = gather.attributes;
        const most = numDigits === undefined ? undefined : Number(numDigits);
        this.#log.add({ type: 'listening', numDigits: most, finishOnKey });
      },
    };
  }

  /** Shows an event, and waits for as long as the caller hears it. */
  async #perform(event: CallEvent, exchanges: readonly Exchange[]): Promise<void> {
    this.#events.push(event);
    if (event.kind === 'verb') return this.#performVerb(event);
    const appendedCount = event.kind === 'media' ? event.appended : 0;
    exchanges.forEach((exchange, index) => {
      const isLast = index === exchanges.length - 1;
      const sent = { request: exchange.request, verb: event.verb, appendedCount };
      this.#addRow(exchange, sent, isLast ? { failure: failureOf(event) } : {});
    });
    if (event.kind === 'media') await this.#play(event);
  }

  async #play(event: MediaEvent): Promise<void> {
    const { names } = this.#options;
    const request = this.#requests.length - 1;
    const medium = names.describe(event.url, names.keyOf(event.url));
    const failure = failureOf(event);
    if (failure !== undefined || event.body === undefined) {
      this.#silences += 1;
      this.#log.add({ type: 'silence', request, ...medium, failure: failure ?? 'Nothing came.' });
      return;
    }
    const { body, contentType = '', durationSeconds: seconds } = event;
    await this.#hear(event, { body, contentType }, (sound) => ({
      type: 'sound',
      sound,
      request,
      ...medium,
      seconds,
    }));
  }

  async #performVerb(event: VerbEvent): Promise<void> {
    const { verb, attributes, text, digits } = event;
    switch (verb.replace('Gather › ', '')) {
      case 'Say': {
        const { language } = attributes;
        const inPlaceOf = this.#options.names.keyOfText(text);
        const say = { type: 'say', text, language, inPlaceOf } as const;
        return this.#hear(event, undefined, (sound) => ({ ...say, sound }));
      }
      case 'Gather':
        return this.#log.add({ type: 'pressed', digits: digits ?? '' });
      case 'Redirect':
        // The request that follows shows where it leads.
        return;
      case 'Pause': {
        const seconds = Number(attributes.length ?? PAUSE_SECONDS);
        this.#log.add({ type: 'verb', verb, detail: `${seconds} s` });
        return this.#hearing.pause(event, seconds * 1000);
      }
      default:
        return this.#log.add({ type: 'verb', verb, detail: detailOf(event) });
    }
  }

  /** Lets the page play something. What is nested in a Gather is not heard after a key. */
  async #hear(
    event: CallEvent,
    sound: Sound | undefined,
    messageFor: (index: number) => CallMessage,
  ): Promise<void> {
    if (this.#keypad.interrupted()) return void this.#hearing.cutSeconds.set(event, 0);
    const index = this.#sounds.push(sound) - 1;
    const heard = this.#hearing.sound(event, index);
    this.#log.add(messageFor(index));
    await heard;
  }

  /** A prompt that is played again is kept once. */
  #withKeptBody(event: CallEvent): CallEvent {
    if (event.kind !== 'media' || !event.body) return event;
    const { body } = event;
    return { ...event, body: this.#sounds.find((kept) => kept?.body.equals(body))?.body ?? body };
  }

  #addRow(
    exchange: Exchange,
    sent: SentRequest,
    more: Pick<RowFacts, 'failure' | 'replayOf'>,
  ): RequestRow {
    const request = this.#requests.push(sent) - 1;
    const { verb, appendedCount } = sent;
    const { place } = this.#options;
    const row = rowOf(exchange, { request, verb, appendedCount, ...place, ...more });
    this.#log.add({ type: 'request', row });
    return row;
  }
}
