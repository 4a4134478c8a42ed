import type { StatusResponse } from '../../src/status/response';
import { Icon, type IconName } from '../components/icon';
import { countViews, VIEWS, type View } from './select';
import { STATE_WORDS } from './states';

interface Shown {
  readonly word: string;
  readonly meaning: string;
  readonly icon?: IconName;
  readonly tone?: string;
}

const WORDS: Readonly<Record<View, Shown>> = {
  all: { word: 'All', meaning: 'of the bucket and the call flow' },
  ...STATE_WORDS,
  problem: { word: 'Problems', meaning: 'each says what to do', icon: 'warning', tone: 'bad' },
  next: { word: 'Waiting', meaning: 'the next sync changes them', icon: 'clock' },
  unused: { word: 'Not used', meaning: 'by no place of the call flow' },
};

interface ViewsProps {
  readonly status: StatusResponse;
  readonly view: View;
  readonly onChoose: (view: View) => void;
}

/** How many prompts there are of each kind; a press shows these alone. */
export function Views({ status, view: chosen, onChoose }: ViewsProps) {
  const counts = countViews(status);
  return (
    <fieldset class="views">
      <legend class="unseen">Show</legend>
      {VIEWS.map((view) => {
        if (view === 'unused' && status.flow.problem !== undefined) return null;
        const { word, meaning, icon, tone = '' } = WORDS[view];
        return (
          <button
            key={view}
            type="button"
            aria-pressed={view === chosen}
            onClick={() => onChoose(view === chosen ? 'all' : view)}
          >
            <span class="views-count">{counts[view].toLocaleString('en')}</span>{' '}
            <span class={`views-word ${counts[view] > 0 ? tone : ''}`}>
              {icon && <Icon name={icon} />}
              {word}
            </span>{' '}
            <span class="views-meaning quiet">{meaning}</span>
          </button>
        );
      })}
    </fieldset>
  );
}
