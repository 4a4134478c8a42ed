import type { PromptStatus } from '../../src/status/response';
import { Icon } from '../components/icon';
import { Time } from '../components/time';
import type { Player, Sound } from '../listen/use-player';
import { routeTo } from '../route';
import { placeWords } from './places';
import { STATE_WORDS } from './states';

interface DetailsProps {
  readonly prompt: PromptStatus;
  readonly player: Player;
  readonly hasFlow: boolean;
}

/** What there is to know about a prompt beside its row, and all ways to listen to it. */
export function PromptDetails({ prompt, player, hasFlow }: DetailsProps) {
  const { key, state, since, object, usedBy, heardAt, storedAt } = prompt;
  const { word, meaning } = STATE_WORDS[state];
  return (
    <dl class="facts">
      <dt>Callers get it as</dt>
      <dd>
        {word}: {meaning}
        {since && (
          <>
            , since {since.atLeast && 'at least '}
            <Time at={since.at} exact />
          </>
        )}
      </dd>
      {object && (
        <>
          <dt>Last change in S3</dt>
          <dd>
            <Time at={object.lastModified} exact />
          </dd>
        </>
      )}
      <dt>Places in the call flow</dt>
      <dd>
        {usedBy.map((place, index) => (
          <span key={place}>
            {index > 0 && ' · '}
            <a href={routeTo('flow', place)}>{placeWords(place)}</a>
          </span>
        ))}
        {usedBy.length === 0 && (hasFlow ? 'None' : 'Not known')}
      </dd>
      {heardAt !== undefined && (
        <Listen
          what="What callers hear now"
          player={player}
          sound={{ key, url: heardAt, of: 'callers' }}
        />
      )}
      {storedAt !== undefined && (
        <Listen what="What S3 has now" player={player} sound={{ key, url: storedAt, of: 'S3' }} />
      )}
    </dl>
  );
}

interface ListenProps {
  readonly what: string;
  readonly sound: Omit<Sound, 'phone'>;
  readonly player: Player;
}

function Listen({ what, sound, player }: ListenProps) {
  return (
    <>
      <dt>{what}</dt>
      <dd class="ways">
        <button
          type="button"
          aria-label={`${what}, as stored`}
          onClick={() => void player.play({ ...sound, phone: false })}
        >
          <Icon name="play" />
          As stored
        </button>
        <button
          type="button"
          aria-label={`${what}, as the phone hears it`}
          onClick={() => void player.play({ ...sound, phone: true })}
        >
          <Icon name="phone" />
          As the phone hears it
        </button>
      </dd>
    </>
  );
}
