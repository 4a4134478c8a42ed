import { APPEND_MODES, type CallSettings, SOURCES } from '../protocol';
import type { PhoneActions } from './phone-actions';
import type { Phone } from './phone-state';

const SOURCE_LABELS: Readonly<Record<CallSettings['source'], string>> = {
  presigned: 'Presigned URLs, as people do it today',
  project: 'This project',
};

const APPEND_LABELS: Readonly<Record<CallSettings['append'], string>> = {
  gather: 'To prompts inside <Gather>, as in 2019',
  always: 'To every prompt',
  never: 'To none',
};

/** What a call is made of, and what can be broken. */
export function SwitchPanel({
  phone,
  actions,
}: {
  readonly phone: Phone;
  readonly actions: PhoneActions;
}) {
  const { settings, server } = phone;
  return (
    <section aria-labelledby="switches" class="panel switches">
      <h2 id="switches">Switches</h2>
      <Choice
        legend="Prompts come from"
        name="source"
        options={SOURCES}
        labels={SOURCE_LABELS}
        chosen={settings.source}
        onChoose={(source) => actions.setSettings({ ...settings, source })}
      />
      <Choice
        legend="Twilio appends its parameters"
        name="append"
        options={APPEND_MODES}
        labels={APPEND_LABELS}
        chosen={settings.append}
        onChoose={(append) => actions.setSettings({ ...settings, append })}
      />
      <p class="quiet">These two hold from the next call on.</p>
      <fieldset>
        <legend>Break something, at once</legend>
        {server?.ownBucket ? (
          <p class="quiet">S3 cannot be stopped here: the bucket is your own.</p>
        ) : (
          <label>
            <input
              type="checkbox"
              disabled={!server}
              checked={server?.s3Stopped ?? false}
              onChange={({ currentTarget }) =>
                actions.setSwitches({ s3Stopped: currentTarget.checked })
              }
            />
            Stop S3
          </label>
        )}
        <label>
          <input
            type="checkbox"
            disabled={!server}
            checked={server?.webhooksHang ?? false}
            onChange={({ currentTarget }) =>
              actions.setSwitches({ webhooksHang: currentTarget.checked })
            }
          />
          Let webhooks hang: /voice and /menu never answer
        </label>
        <p class="quiet">
          {!server?.ownBucket && 'While S3 is stopped, callers still hear what is an Asset. '}
          While webhooks hang, Twilio asks the fallback URL after some seconds.
        </p>
      </fieldset>
    </section>
  );
}

function Choice<Option extends string>({
  legend,
  name,
  options,
  labels,
  chosen,
  onChoose,
}: {
  readonly legend: string;
  readonly name: string;
  readonly options: readonly Option[];
  readonly labels: Readonly<Record<Option, string>>;
  readonly chosen: Option;
  readonly onChoose: (option: Option) => void;
}) {
  return (
    <fieldset>
      <legend>{legend}</legend>
      {options.map((option) => (
        <label key={option}>
          <input
            type="radio"
            name={name}
            checked={chosen === option}
            onChange={() => onChoose(option)}
          />
          {labels[option]}
        </label>
      ))}
    </fieldset>
  );
}
