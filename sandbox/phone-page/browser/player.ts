import type { CallMessage } from '../protocol';
import { soundAddress } from './api';
import { chooseVoice, readingSeconds } from './speech';

/** A prompt or a text of a call. */
export interface Sound {
  readonly call: string;
  readonly message: Extract<CallMessage, { type: 'sound' | 'say' }>;
}

export interface PlayerEvents {
  /** A sound was played to its end, or skipped. */
  onPlayed(sound: Sound): void;
  onSounding(isSounding: boolean): void;
  /** The browser plays nothing before somebody has asked it to. */
  onBlocked(isBlocked: boolean): void;
  /** The browser does not know the format, or got no sound. */
  onUnplayable(sound: Sound): void;
}

/** What a caller hears, one sound at a time, in real time. */
export interface Player {
  /** Plays a sound in place of the one before: that one is over, as Twilio goes on. */
  play(sound: Sound): void;
  /** Plays no more, and reports nothing. */
  stop(): void;
  /** A muted speaker takes as long. */
  setMuted(isMuted: boolean): void;
  /** Whether sounds are over as soon as they begin. */
  setSkipping(isSkipping: boolean): void;
  /** Plays what the browser had refused to play. */
  unblock(): void;
}

/** A voice that has not said that it is done after so many times the usual is not asked further. */
const SPEECH_PATIENCE = 2;

/** Why a sound ended early. */
const SKIPPED = 'skipped';
const STOPPED = 'stopped';

/**
 * @param audio plays the prompts
 */
export function createPlayer(audio: HTMLAudioElement, events: PlayerEvents): Player {
  let current = new AbortController();
  let isMuted = false;
  let isSkipping = false;

  const play = async (sound: Sound): Promise<void> => {
    current.abort(STOPPED);
    const ending = new AbortController();
    current = ending;
    events.onSounding(true);
    if (!isSkipping) await sounded(sound, ending.signal);
    if (ending.signal.reason === STOPPED) return;
    events.onSounding(false);
    events.onPlayed(sound);
  };

  const sounded = (sound: Sound, signal: AbortSignal): Promise<void> => {
    const { message } = sound;
    return message.type === 'sound'
      ? played(sound, message.seconds ?? 0, signal)
      : spoken(message.text, message.language ?? 'en-US', signal);
  };

  const played = async (sound: Sound, seconds: number, signal: AbortSignal): Promise<void> => {
    audio.src = soundAddress(sound.call, sound.message.sound);
    const over = new Promise<'over' | 'unreadable'>((resolve) => {
      audio.onended = () => resolve('over');
      audio.onerror = () => resolve('unreadable');
      signal.addEventListener('abort', () => resolve('over'), { once: true });
    });
    start();
    if ((await over) === 'unreadable') {
      events.onUnplayable(sound);
      // Twilio plays formats that a browser does not: the call takes its time all the same.
      await wait(seconds, signal);
    }
    if (current.signal === signal) audio.pause();
    events.onBlocked(false);
  };

  const start = () => {
    audio.play().then(
      () => events.onBlocked(false),
      (refusal: unknown) => {
        if (refusal instanceof DOMException && refusal.name === 'NotAllowedError') {
          events.onBlocked(true);
        }
      },
    );
  };

  const spoken = async (text: string, language: string, signal: AbortSignal): Promise<void> => {
    const usual = readingSeconds(text);
    const speech = window.speechSynthesis;
    const voice = chooseVoice(speech?.getVoices() ?? [], language);
    if (!voice || isMuted) return wait(usual, signal);
    const startedAt = performance.now();
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.voice = voice;
    utterance.lang = voice.lang;
    const isSpoken = await new Promise<boolean>((resolve) => {
      utterance.onend = () => resolve(true);
      // Also when the speaker is switched off.
      utterance.onerror = () => resolve(false);
      signal.addEventListener('abort', () => resolve(true), { once: true });
      // Some voices never say that they are done.
      wait(SPEECH_PATIENCE * usual, signal).then(() => resolve(true));
      speech.speak(utterance);
    });
    if (!isSpoken) await wait(usual - (performance.now() - startedAt) / 1000, signal);
    speech.cancel();
  };

  return {
    play,
    stop() {
      current.abort(STOPPED);
      events.onSounding(false);
    },
    setMuted(muted) {
      isMuted = muted;
      audio.muted = muted;
      if (muted) window.speechSynthesis?.cancel();
    },
    setSkipping(skipping) {
      isSkipping = skipping;
      if (skipping) current.abort(SKIPPED);
    },
    unblock: start,
  };
}

function wait(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    const timer = setTimeout(resolve, Math.max(0, seconds * 1000));
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
