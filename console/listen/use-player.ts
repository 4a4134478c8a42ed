import { useEffect, useRef, useState } from 'preact/hooks';
import { sentenceOf } from '../api';
import { asPhoneHears } from './phone-sound';

/** A recording to listen to, in one of two ways. */
export interface Sound {
  readonly key: string;
  /** Path and query, on this domain. */
  readonly url: string;
  /** Which recording of the key it is: what callers hear now, or what S3 has. */
  readonly of: 'callers' | 'S3';
  /** Whether it is played as a telephone carries it, or as it is stored. */
  readonly phone: boolean;
}

export interface Playback {
  readonly sound: Sound;
  readonly phase: 'loading' | 'playing' | 'stopped' | 'failed';
  /** Why it failed, and what to do. */
  readonly problem?: string;
}

/** Whether it sounds, or soon will. */
export function isPlaying({ phase }: Playback): boolean {
  return phase === 'loading' || phase === 'playing';
}

export interface Player {
  readonly audio: HTMLAudioElement;
  readonly playback?: Playback;
  readonly play: (sound: Sound) => Promise<void>;
  readonly stop: () => void;
}

/** Plays one sound at a time. */
export function usePlayer(): Player {
  const [audio] = useState(() => new Audio());
  const [playback, setPlayback] = useState<Playback>();
  const newest = useRef(0);
  /** What the browser holds, and refused to play. */
  const refused = useRef<Sound>(undefined);

  const stop = () => {
    newest.current += 1;
    audio.pause();
    setPlayback((last) => last && { ...last, phase: 'stopped' });
  };

  const play = async (sound: Sound) => {
    stop();
    const mine = newest.current;
    const isNewest = () => mine === newest.current;
    setPlayback({ sound, phase: 'loading' });
    const fail = (problem: string) => {
      if (isNewest()) setPlayback({ sound, phase: 'failed', problem });
    };
    const recording = refused.current === sound ? undefined : await load(sound.url);
    if (typeof recording === 'string') return fail(recording);
    try {
      const blob =
        recording && sound.phone ? await asPhoneHears(await recording.arrayBuffer()) : recording;
      if (!isNewest()) return;
      if (blob) {
        URL.revokeObjectURL(audio.src);
        audio.src = URL.createObjectURL(blob);
      }
      refused.current = undefined;
      await audio.play();
      if (isNewest()) setPlayback({ sound, phase: 'playing' });
    } catch (thrown) {
      // A click counts for a few seconds, and the recording may take longer to come.
      if (isNewest() && thrown instanceof DOMException && thrown.name === 'NotAllowedError') {
        refused.current = sound;
        return fail('The browser waited for another click. Press Play again.');
      }
      fail(
        'The browser cannot play this file. It is damaged, or of a type that browsers do not know, such as AIFF or GSM.',
      );
    }
  };

  useEffect(() => {
    audio.onended = () => setPlayback((last) => last && { ...last, phase: 'stopped' });
    return () => {
      newest.current += 1;
      audio.pause();
      URL.revokeObjectURL(audio.src);
    };
  }, [audio]);
  return { audio, playback, play, stop };
}

/** @returns the recording, or why there is none */
async function load(url: string): Promise<Blob | string> {
  try {
    const response = await fetch(url, { credentials: 'omit' });
    if (response.ok) return await response.blob();
    const { status, headers } = response;
    const told = sentenceOf(headers.get('content-type'), await response.text());
    if (status === 404) {
      return 'It is not there any more (404). Refresh the page: a sync may have replaced it.';
    }
    if (status === 403) {
      return 'Its address is too old (403): it lasts some hours. Refresh the page, then try again.';
    }
    return told ?? `The deployment answered ${status}. Refresh the page, then try again.`;
  } catch {
    return 'The deployment could not be reached. Check your connection, then try again.';
  }
}
