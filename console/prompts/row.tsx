import { useEffect, useId, useMemo, useRef } from 'preact/hooks';
import type { PromptStatus } from '../../src/status/response';
import { Badge } from '../components/badge';
import { Icon } from '../components/icon';
import { PromptKey } from '../components/prompt-key';
import { Time } from '../components/time';
import { formatBytes, formatLength } from '../format';
import { isPlaying, type Player, type Sound } from '../listen/use-player';
import { routeTo } from '../route';
import { PromptDetails } from './details';
import { placeWords } from './places';
import { NEXT_WORDS, STATE_WORDS } from './states';
import { useLength } from './use-length';

/** Of the table, for the cell that spans it. */
export const COLUMNS = [
  'Listen',
  'Prompt',
  'Callers get',
  'Length',
  'Size',
  'Changed in S3',
  'Call flow',
];

interface RowProps {
  readonly prompt: PromptStatus;
  readonly open: boolean;
  readonly onToggle: () => void;
  /** A link led here: the row gets the focus. */
  readonly wanted: boolean;
  readonly player: Player;
  /** Whether it is known which prompts the call flow uses. */
  readonly hasFlow: boolean;
}

/** A prompt: a row, and below it, when it is open, what there is to know about it. */
export function PromptRow({ prompt, open, onToggle, wanted, player, hasFlow }: RowProps) {
  const [lengthCell, seconds] = useLength(prompt.storedAt ?? prompt.heardAt);
  const detailsId = useId();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!wanted) return;
    button.current?.focus();
    button.current?.scrollIntoView({ block: 'center' });
  }, [wanted]);
  const { playback } = player;
  const isOn = playback?.sound.key === prompt.key && isPlaying(playback);
  const phone = playback?.sound.phone ?? false;

  // Only what has changed is drawn again: there may be a thousand rows.
  return useMemo(() => {
    const { key, state, words, language, object, usedBy, problem, next } = prompt;
    const { word, tone, icon } = STATE_WORDS[state];
    return (
      <>
        <tr class={open ? 'prompt open' : 'prompt'}>
          <td class="prompt-listen">
            <ListenButton prompt={prompt} isOn={isOn} phone={phone} player={player} />
          </td>
          <th scope="row" abbr={key} class="prompt-name">
            <button
              ref={button}
              type="button"
              class="prompt-key"
              aria-expanded={open}
              aria-controls={open ? detailsId : undefined}
              onClick={onToggle}
            >
              <Icon name="more" />
              <PromptKey of={key} />
            </button>
            {words !== undefined && (
              <p class="prompt-words quiet" dir="auto" lang={language}>
                {words}
              </p>
            )}
            {problem !== undefined && (
              <p class="problem bad">
                <Icon name="warning" />
                <span>{problem}</span>
              </p>
            )}
          </th>
          <td data-label={COLUMNS[2]}>
            <Badge tone={tone} icon={icon}>
              {word}
            </Badge>
            {next !== undefined && (
              <p class="prompt-next">
                <Icon name="clock" />
                {NEXT_WORDS[next]}
              </p>
            )}
          </td>
          <td class="number" data-label={COLUMNS[3]} ref={lengthCell}>
            {seconds === undefined ? <span class="quiet">…</span> : orDash(seconds, formatLength)}
          </td>
          <td class="number" data-label={COLUMNS[4]}>
            {orDash(object?.bytes, formatBytes)}
          </td>
          <td data-label={COLUMNS[5]}>{object ? <Time at={object.lastModified} /> : <Dash />}</td>
          <td class="prompt-places" data-label={COLUMNS[6]}>
            {hasFlow ? <FirstPlace usedBy={usedBy} /> : <Dash />}
          </td>
        </tr>
        {open && (
          <tr class="prompt-details">
            <td colSpan={COLUMNS.length} id={detailsId}>
              <PromptDetails prompt={prompt} player={player} hasFlow={hasFlow} />
            </td>
          </tr>
        )}
      </>
    );
  }, [prompt, open, seconds, isOn, phone, hasFlow]);
}

interface ListenProps {
  readonly prompt: PromptStatus;
  readonly isOn: boolean;
  /** Whether to play it as the phone hears it: as the last one was. */
  readonly phone: boolean;
  readonly player: Player;
}

/** Plays what callers hear now; what S3 has, where they hear no recording. */
function ListenButton({ prompt, isOn, phone, player }: ListenProps) {
  const { key, heardAt, storedAt } = prompt;
  const url = heardAt ?? storedAt;
  if (url === undefined) return null;
  const sound: Sound = { key, url, of: heardAt === undefined ? 'S3' : 'callers', phone };
  return (
    <button
      type="button"
      class="round"
      aria-label={`${isOn ? 'Stop' : 'Listen to'} ${key}`}
      onClick={() => (isOn ? player.stop() : void player.play(sound))}
    >
      <Icon name={isOn ? 'stop' : 'play'} />
    </button>
  );
}

function FirstPlace({ usedBy }: Pick<PromptStatus, 'usedBy'>) {
  const [first, ...others] = usedBy;
  if (first === undefined) return <span class="quiet">not used</span>;
  return (
    <>
      <a href={routeTo('flow', first)}>{placeWords(first)}</a>
      {others.length > 0 && <span class="quiet"> and {others.length} more</span>}
    </>
  );
}

function orDash(value: number | undefined, format: (value: number) => string) {
  return value !== undefined && Number.isFinite(value) ? format(value) : <Dash />;
}

function Dash() {
  return (
    <span class="quiet">
      <span aria-hidden="true">–</span>
      <span class="unseen">not known</span>
    </span>
  );
}
