import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../components/icon';
import { PromptKey } from '../components/prompt-key';
import { formatLength } from '../format';
import { isPlaying, type Player, type Sound } from './use-player';

/** What sounds, how far it is, and how to stop it. Stands at the lower edge of the window. */
export function PlayerBar({ player }: { readonly player: Player }) {
  const { audio, playback, play, stop } = player;
  const { seconds, length } = usePosition(audio);
  if (playback === undefined) return null;
  const { sound, phase, problem } = playback;
  const isOn = isPlaying(playback);
  return (
    <section class="player" aria-label="Player">
      <button type="button" onClick={() => (isOn ? stop() : void play(sound))}>
        <Icon name={isOn ? 'stop' : 'play'} />
        {isOn ? 'Stop' : 'Play again'}
      </button>
      <div class="player-what">
        <div class="player-key">
          <PromptKey of={sound.key} />
        </div>
        <span class="quiet">{soundWords(sound)}</span>
      </div>
      {problem === undefined ? (
        <div class="player-progress">
          <progress
            aria-label="How far it is"
            max={length || 1}
            value={phase === 'loading' ? 0 : seconds}
          />
          <span>
            {phase === 'loading'
              ? 'Loading…'
              : `${formatLength(seconds)} of ${formatLength(length)}`}
          </span>
        </div>
      ) : (
        <p class="problem bad" role="alert">
          <Icon name="cross" />
          {problem}
        </p>
      )}
    </section>
  );
}

function soundWords({ of, phone }: Sound): string {
  const what = of === 'S3' ? 'what S3 has now' : 'what callers hear now';
  return `${what}, ${phone ? 'as the phone hears it' : 'as stored'}`;
}

function usePosition(audio: HTMLAudioElement) {
  const [position, setPosition] = useState({ seconds: 0, length: 0 });
  useEffect(() => {
    const update = () => {
      setPosition({ seconds: audio.currentTime, length: audio.duration || 0 });
    };
    const events = ['timeupdate', 'durationchange', 'ended'];
    for (const event of events) audio.addEventListener(event, update);
    return () => {
      for (const event of events) audio.removeEventListener(event, update);
    };
  }, [audio]);
  return position;
}
