import { useEffect, useState } from 'preact/hooks';
import { formatCount, splitKey } from '../../../console/format';
import { type Phase, phaseOf, startOf } from './call-log';
import { type Outcome, outcomeOf } from './outcome';
import type { PhoneActions } from './phone-actions';
import type { Phone } from './phone-state';

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'] as const;

/** Names that are read out where punctuation is not. */
const KEY_NAMES: Readonly<Record<string, string>> = { '*': 'Star (*)', '#': 'Pound (#)' };

/** How long a key that was pressed on the keyboard looks so. */
const PRESSED_MS = 160;

export function Handset({
  phone,
  actions,
}: {
  readonly phone: Phone;
  readonly actions: PhoneActions;
}) {
  const { server, live, shown } = phone;
  const pressed = useKeyboard(live !== undefined, actions.press);
  const log = live ?? shown;
  return (
    <section aria-labelledby="handset" class="panel handset">
      <h2 id="handset">Phone</h2>
      <p class="dialled">
        <span>{server?.number ?? ' '}</span> <Timer since={live && startOf(live)} />
      </p>
      <p class="status" role="status">
        <Status phase={phaseOf(log, phone.isSounding)} outcome={log && outcomeOf(log)} />
      </p>
      <div class="keypad">
        {KEYS.map((key) => (
          <button
            type="button"
            key={key}
            class={pressed === key ? 'pressed' : ''}
            aria-label={KEY_NAMES[key]}
            // A key that had the focus keeps it when the call ends.
            aria-disabled={!live}
            tabIndex={live ? 0 : -1}
            onClick={() => actions.press(key)}
          >
            {key}
          </button>
        ))}
      </div>
      <button
        type="button"
        class={live ? 'hang-up' : 'primary'}
        disabled={!server}
        onClick={() => (live ? actions.hangUp() : actions.call(phone.settings))}
      >
        {live ? 'Hang up' : 'Call'}
      </button>
      {phone.isBlocked && (
        <p class="blocked">
          The browser holds the sound back.{' '}
          <button type="button" onClick={actions.unblock}>
            Play the sound
          </button>
        </p>
      )}
      <label>
        <input
          type="checkbox"
          checked={!phone.isMuted}
          onChange={({ currentTarget }) => actions.setMuted(!currentTarget.checked)}
        />
        Speaker
      </label>
      <label>
        <input
          type="checkbox"
          checked={phone.isSkipping}
          onChange={({ currentTarget }) => actions.setSkipping(currentTarget.checked)}
        />
        Skip prompts: each is over at once
      </label>
      <p class="quiet">The keyboard works, too: 0 to 9, * and #.</p>
    </section>
  );
}

/** One or two sentences: what happens now. */
function Status({
  phase,
  outcome,
}: {
  readonly phase: Phase;
  readonly outcome: Outcome | undefined;
}) {
  switch (phase.kind) {
    case 'ready':
      return <>Ready to call.</>;
    case 'calling':
      return <>Calling: Twilio asks what to do.</>;
    case 'playing':
      return (
        <>
          Playing <bdi>{splitKey(phase.name).name}</bdi>.{phase.isListening && ' A key ends it.'}
        </>
      );
    case 'saying':
      return <>Twilio reads out a text.{phase.isListening && ' A key ends it.'}</>;
    case 'listening':
      return phase.silences === 0 ? (
        <>Listening for a key.</>
      ) : (
        <>
          Silence in place of {formatCount(phase.silences, 'prompt')}: {phase.reason} Listening for
          a key.
        </>
      );
    case 'silence':
      return (
        <>
          Silence in place of <bdi>{splitKey(phase.name).name}</bdi>: {phase.reason}
        </>
      );
    case 'ended':
      return (
        <>
          Ended. {phase.how} {outcome?.sentences[0]}
        </>
      );
  }
}

const SECOND_MS = 1000;

function Timer({ since }: { readonly since: number | undefined }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (since === undefined) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), SECOND_MS);
    return () => clearInterval(timer);
  }, [since]);
  if (since === undefined) return <span class="quiet">not in a call</span>;
  const seconds = Math.max(0, Math.floor((now - since) / SECOND_MS));
  return (
    <span role="timer" aria-label="Length of the call">
      {Math.floor(seconds / 60)}:{String(seconds % 60).padStart(2, '0')}
    </span>
  );
}

/** Presses keys of the keypad by the keyboard, and says which one is down. */
function useKeyboard(isOn: boolean, press: (key: string) => void): string | undefined {
  const [pressed, setPressed] = useState<string>();
  useEffect(() => {
    if (!isOn) return;
    const onKey = (event: KeyboardEvent) => {
      const { key } = event;
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      if (!/^[0-9*#]$/.test(key) || takesText(event.target)) return;
      press(key);
      setPressed(key);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [isOn, press]);
  useEffect(() => {
    if (pressed === undefined) return;
    const timer = setTimeout(() => setPressed(undefined), PRESSED_MS);
    return () => clearTimeout(timer);
  }, [pressed]);
  return pressed;
}

function takesText(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches('input[type=search], textarea, select');
}
