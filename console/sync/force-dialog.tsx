import { useId, useState } from 'preact/hooks';
import type { PromptStatus, StatusResponse } from '../../src/status/response';
import { Dialog } from '../components/dialog';
import { PromptKey } from '../components/prompt-key';
import { formatCount } from '../format';

interface ForceDialogProps {
  readonly guard: NonNullable<NonNullable<StatusResponse['nextSync']>['guard']>;
  readonly prompts: readonly PromptStatus[];
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onForce: () => void;
}

const SHOWN = 5;

/** Asks somebody who wants to overrule a guard to type how many prompts vanish. */
export function ForceDialog(props: ForceDialogProps) {
  const { guard, open, onClose } = props;
  return (
    <Dialog
      title={`Take ${formatCount(guard.vanishing, 'prompt')} from callers?`}
      open={open}
      onClose={onClose}
    >
      <Question {...props} />
    </Dialog>
  );
}

/** In the dialog only while it is open, so that it forgets what was typed. */
function Question({ guard, prompts, onClose, onForce }: ForceDialogProps) {
  const [typed, setTyped] = useState('');
  const [isWrong, setIsWrong] = useState(false);
  const fieldId = useId();
  const wrongId = useId();
  const what = formatCount(guard.vanishing, 'prompt');
  const vanishing = prompts.filter(({ next }) => next === 'remove');
  const submit = (event: Event) => {
    event.preventDefault();
    if (typed.trim() === `${guard.vanishing}`) onForce();
    else setIsWrong(true);
  };
  return (
    <form class="force" onSubmit={submit}>
      <p>
        {guard.vanishing} of the {guard.known} prompts that are live vanish. In their place a voice
        says their words; a recording that S3 still has is fetched from there during the call. To
        take this back, put the recordings back and sync again.
      </p>
      <ul class="keys">
        {vanishing.slice(0, SHOWN).map(({ key }) => (
          <li key={key}>
            <PromptKey of={key} />
          </li>
        ))}
        {guard.vanishing > SHOWN && <li>{`and ${guard.vanishing - SHOWN} more`}</li>}
      </ul>
      <label for={fieldId}>
        How many prompts vanish? Type <strong>{guard.vanishing}</strong> to go on.
      </label>
      <input
        id={fieldId}
        inputMode="numeric"
        autoComplete="off"
        value={typed}
        aria-invalid={isWrong}
        aria-describedby={isWrong ? wrongId : undefined}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          setIsWrong(false);
        }}
      />
      {isWrong && (
        <p id={wrongId} class="bad" role="alert">
          {`That is not the number of prompts that vanish: type ${guard.vanishing}.`}
        </p>
      )}
      <div class="force-buttons">
        <button type="button" onClick={onClose}>
          Keep the prompts
        </button>
        <button type="submit" class="danger">{`Take ${what} from callers`}</button>
      </div>
    </form>
  );
}
