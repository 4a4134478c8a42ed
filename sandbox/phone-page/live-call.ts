import {
  type CallEvent,
  type CallSummary,
  type LiveKeypad,
  liveKeypad,
  type MediaEvent,
  type SendRequest,
  type VerbEvent,
  type WebhookEvent,
} from '../../phone';
import { recordingOf } from '../../phone/recording';
import type { Clock } from '../../src/clock';
import { messageOf } from '../../src/errors';
import { PAUSE_SECONDS } from '../../src/limits';
import { type Exchange, logExchanges } from './exchanges';
import type { PromptNames } from './prompt-names';
import type { CallMessage, CallSettings, RequestRow } from './protocol';
import type { SentRequest } from './replay';
import { type RowFacts, rowOf } from './request-row';

export interface LiveCallOptions {
  readonly callSid: string;
  readonly settings: CallSettings;
  /** Begins the call. */
  readonly dial: (phone: {
    readonly keypad: LiveKeypad;
    readonly send: SendRequest;
  }) => AsyncGenerator<CallEvent, CallSummary>;
  /** Sends the phone's requests. */
  readonly send: SendRequest;
  readonly names: PromptNames;
  /** The key of a URL that was presigned for this call. */
  readonly keyOf: (url: string) => string | undefined;
  readonly place: Pick<RowFacts, 'publicOrigin' | 'region'>;
  readonly clock: Clock;
}

/** What a sound of a call is, as Twilio got it. */
export interface Sound {
  readonly body: Buffer;
  readonly contentType: string;
}

/** How long a call goes on without a page that follows it: a reload takes a second or two. */
const ABSENT_MS = 15_000;

/** Rows that are added to a call by sending requests again. */
const REPLAYS_MAX = 100;

/**
 * A call that a page leads: it goes on when the page reports that a prompt was played, or sends a key.
 * All its messages are kept, so that a page that comes later sees it whole.
 */
export class LiveCall {
  readonly at: Date;
  readonly callSid: string;
  readonly settings: CallSettings;
  readonly #options: LiveCallOptions;
  readonly #messages: CallMessage[] = [];
  readonly #followers = new Set<(message: CallMessage) => void>();
  readonly #events: CallEvent[] = [];
  readonly #sounds: (Sound | undefined)[] = [];
  readonly #requests: SentRequest[] = [];
  readonly #over = new AbortController();
  readonly #keypad: LiveKeypad;
  #silences = 0;
  #replays = 0;
  /** What the caller hears now, and what ends it. */
  #playing: { readonly sound: number; readonly end: () => void } | undefined;
  #absence = new AbortController();

  constructor(options: LiveCallOptions) {
    const { clock, settings, callSid } = options;
    this.#options = options;
    this.callSid = callSid;
    this.settings = settings;
    this.at = clock.now();
    this.#keypad = this.#announced(liveKeypad(clock));
    this.#add({ type: 'started', callSid, settings, at: this.at.toISOString() });
    void this.#awaitFollower();
    void this.#run();
  }

  get isOver(): boolean {
    return this.#over.signal.aborted;
  }

  /**
   * Tells all that has happened, and then what happens. The last message is `ended`.
   *
   * @returns what ends it
   */
  follow(follower: (message: CallMessage) => void): () => void {
    for (const message of this.#messages) follower(message);
    if (this.isOver) return () => {};
    this.#followers.add(follower);
    this.#absence.abort();
    return () => {
      this.#followers.delete(follower);
      if (this.#followers.size === 0 && !this.isOver) void this.#awaitFollower();
    };
  }

  /** Keys outside of a Gather are lost. */
  press(key: string): void {
    if (this.#keypad.press(key)) this.#playing?.end();
  }

  /** A prompt was played to its end. Reports about an earlier one are late, and mean nothing. */
  played(sound: number): void {
    if (this.#playing?.sound === sound) this.#playing.end();
  }

  /** @param how one sentence */
  hangUp(how = 'You hung up.'): void {
    this.#end(how);
  }

  sound(index: number): Sound | undefined {
    return this.#sounds[index];
  }

  /** What the caller has heard so far, as WAV. */
  async recording(): Promise<Buffer> {
    return (await recordingOf(this.#events)).wav;
  }

  request(index: number): SentRequest | undefined {
    return this.#requests[index];
  }

  get isFullOfReplays(): boolean {
    return this.#replays >= REPLAYS_MAX;
  }

  /** Sends a request again. Its row is a part of the call. */
  async replay(replayOf: number, sent: SentRequest): Promise<RequestRow> {
    this.#replays += 1;
    const log = logExchanges(this.#options.send, this.#options.clock);
    await log.send(sent.request).catch(() => undefined);
    const [exchange] = log.take();
    if (!exchange) throw new Error('a request was sent and not noted');
    return this.#addRow(exchange, sent, { replayOf });
  }

  async #run(): Promise<void> {
    const { dial, send, clock } = this.#options;
    const log = logExchanges(send, clock);
    const calling = dial({ keypad: this.#keypad, send: log.send });
    try {
      for (;;) {
        const { done, value } = await calling.next();
        if (this.isOver) return;
        if (done) return this.#end(endingOf(value));
        this.#events.push(value);
        await this.#perform(value, log.take());
        if (this.isOver) return;
      }
    } catch (thrown) {
      this.#end(`The call broke off: ${messageOf(thrown)}`);
    } finally {
      await calling.return({ callSid: '', ended: 'Hangup', errorCodes: [] });
    }
  }

  async #perform(event: CallEvent, exchanges: readonly Exchange[]): Promise<void> {
    if (event.kind === 'verb') return this.#performVerb(event);
    const last = exchanges.length - 1;
    exchanges.forEach((exchange, index) => {
      const failure = failureOf(event, index, index === last);
      const appendedCount = event.kind === 'media' ? event.appended : 0;
      const { request } = exchange;
      this.#addRow(exchange, { request, verb: event.verb, appendedCount }, { failure });
    });
    if (event.kind === 'media') await this.#play(event);
  }

  async #play(event: MediaEvent): Promise<void> {
    const { names, keyOf } = this.#options;
    const request = this.#requests.length - 1;
    const medium = names.describe(event.url, keyOf(event.url));
    if (event.errorCode !== undefined || event.body === undefined) {
      this.#silences += 1;
      const failure = event.errorMessage ?? 'nothing came';
      this.#add({ type: 'silence', request, ...medium, failure });
      return;
    }
    const { body, contentType = '', durationSeconds: seconds } = event;
    await this.#hear({ body, contentType }, (sound) => ({
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
        return this.#hear(undefined, (sound) => ({
          type: 'say',
          sound,
          text,
          language,
          inPlaceOf,
        }));
      }
      case 'Gather':
        return this.#add({ type: 'pressed', digits: digits ?? '' });
      case 'Redirect':
        // The request that follows shows where it leads.
        return;
      case 'Pause': {
        const seconds = Number(attributes.length ?? PAUSE_SECONDS);
        this.#add({ type: 'verb', verb, detail: `${seconds} s` });
        return this.#listen(-1, seconds * 1000);
      }
      default:
        this.#add({ type: 'verb', verb, detail: detailOf(event) });
    }
  }

  /** Lets the page play something, until it reports the end, or a key or hanging up ends it. */
  async #hear(sound: Sound | undefined, messageFor: (index: number) => CallMessage): Promise<void> {
    if (this.#keypad.interrupted()) return;
    const index = this.#sounds.push(sound) - 1;
    const heard = this.#listen(index);
    this.#add(messageFor(index));
    await heard;
  }

  /** @param milliseconds how long it takes, where the page does not report its end */
  #listen(sound: number, milliseconds?: number): Promise<void> {
    if (this.#keypad.interrupted() || this.isOver) return Promise.resolve();
    return new Promise((resolve) => {
      const ended = new AbortController();
      const end = () => {
        this.#playing = undefined;
        ended.abort();
        resolve();
      };
      this.#playing = { sound, end };
      if (milliseconds === undefined) return;
      this.#options.clock.sleep(milliseconds, ended.signal).then(end, () => undefined);
    });
  }

  /** The keypad, and a message when it begins to listen. */
  #announced(keypad: LiveKeypad): LiveKeypad {
    return {
      ...keypad,
      listen: (gather) => {
        keypad.listen(gather);
        const { numDigits, finishOnKey = '#' } = gather.attributes;
        const most = numDigits === undefined ? undefined : Number(numDigits);
        this.#add({ type: 'listening', numDigits: most, finishOnKey });
      },
    };
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
    this.#add({ type: 'request', row });
    return row;
  }

  /** After the end only rows of replays come; `ended` stays the last message. */
  #add(message: CallMessage): void {
    if (this.isOver) {
      if (message.type === 'request') this.#messages.splice(-1, 0, message);
      return;
    }
    this.#messages.push(message);
    for (const follower of this.#followers) follower(message);
  }

  #end(how: string): void {
    if (this.isOver) return;
    this.#add({ type: 'ended', how, silences: this.#silences });
    this.#over.abort();
    this.#absence.abort();
    this.#followers.clear();
    this.#keypad.hangUp();
    this.#playing?.end();
  }

  async #awaitFollower(): Promise<void> {
    this.#absence = new AbortController();
    const { signal } = this.#absence;
    await this.#options.clock.sleep(ABSENT_MS, signal).catch(() => undefined);
    if (!signal.aborted) this.#end('The page was closed, so the call was hung up.');
  }
}

function failureOf(
  event: WebhookEvent | MediaEvent,
  index: number,
  isLast: boolean,
): string | undefined {
  if (isLast) return event.errorMessage;
  return event.kind === 'webhook' ? event.failedAttempts[index] : undefined;
}

function endingOf({ ended, errorCode }: CallSummary): string {
  switch (ended) {
    case 'end of TwiML':
      return 'The TwiML had no further verb, so Twilio hung up.';
    case 'Hangup':
      return 'The call flow hung up.';
    case 'Reject':
      return 'The call was rejected.';
    case 'application error':
      return `Twilio said that an application error has occurred, and hung up (error ${errorCode}).`;
  }
}

function detailOf({ verb, attributes, text }: VerbEvent): string {
  switch (verb) {
    case 'Dial':
      return `${text} (nobody is called: the sandbox says that no one answered)`;
    case 'Record':
      return 'a message (the sandbox leaves none)';
    case 'Reject':
      return attributes.reason ?? 'rejected';
    default:
      return text;
  }
}
