import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Notice } from '../components/notice';
import { formatCount } from '../format';
import { routeTo } from '../route';
import type { SectionProps } from '../section';
import { NoPrompts } from './no-prompts';
import { COLUMNS, PromptRow } from './row';
import { type Choice, SORTS, type Sort, selectPrompts } from './select';
import { Views } from './views';

/** Rows that are drawn at once: a keystroke in the filter draws no more than these. */
const SLICE = 30;

const SORT_WORDS: Readonly<Record<Sort, string>> = {
  order: 'What is wrong first',
  name: 'Name',
  changed: 'Last changed in S3',
  since: 'Last changed for callers',
  size: 'Largest first',
};

const EVERYTHING: Choice = { view: 'all', text: '', sort: 'order' };

/** All prompts: what is wrong first, with the state of each, and a way to listen to it. */
export function PromptsSection({ status, item, player }: SectionProps) {
  const { prompts, leftOut } = status;
  const [choice, setChoice] = useState(EVERYTHING);
  const [limit, setLimit] = useState(SLICE);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  /** The prompt that a link led to, until the reader chooses something else. */
  const [wanted, setWanted] = useState<string>();
  const selected = useMemo(() => selectPrompts(prompts, choice), [prompts, choice]);
  const filter = useRef<HTMLInputElement>(null);

  const choose = (change: Partial<Choice>) => {
    setChoice({ ...choice, ...change });
    setLimit(SLICE);
    setWanted(undefined);
  };
  const toggle = (key: string) => {
    setOpen((last) => {
      const next = new Set(last);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  };
  useEffect(() => {
    setWanted(item);
    if (item === undefined) return;
    setChoice(EVERYTHING);
    setLimit(SLICE + prompts.findIndex(({ key }) => key === item));
    setOpen((last) => new Set(last).add(item));
    // A refresh leaves alone what the reader has chosen since.
  }, [item]);

  if (prompts.length === 0) return <NoPrompts status={status} />;
  const guard = status.nextSync?.guard;
  const hasNoAsset = status.counts.asset === 0 && prompts.some(({ next }) => next === 'upload');
  return (
    <>
      {hasNoAsset && (
        <Notice tone="quiet" title="No prompt has been synced yet">
          <p>
            Callers hear each prompt by way of S3 during the call.{' '}
            <a href={routeTo('sync')}>Sync now</a>, so that Twilio plays copies of its own.
          </p>
        </Notice>
      )}
      {guard && (
        <Notice tone="warn" title={`${guard.vanishing} of ${guard.known} prompts are gone from S3`}>
          <p>
            Callers hear them until a sync takes them away. A guard stops it: put the recordings
            back, or decide at <a href={routeTo('sync')}>Sync</a>.
          </p>
        </Notice>
      )}
      {item !== undefined && !prompts.some(({ key }) => key === item) && (
        <Notice tone="warn" title={`${item} is not in this list`} alert>
          <p>Neither the bucket nor the call flow has it any more, or the list is cut.</p>
        </Notice>
      )}
      {status.flow.problem !== undefined && (
        <Notice tone="warn" title="Which prompts the call flow uses is not known">
          <p>{status.flow.problem}</p>
        </Notice>
      )}
      {leftOut > 0 && (
        <Notice tone="quiet" title={`This list leaves out ${formatCount(leftOut, 'prompt')}`}>
          <p>The deployment cannot send so long a list. The counts include them.</p>
        </Notice>
      )}
      <Views status={status} view={choice.view} onChoose={(view) => choose({ view })} />
      <div class="toolbar">
        <label>
          Filter
          <input
            ref={filter}
            type="search"
            value={choice.text}
            onInput={(event) => choose({ text: event.currentTarget.value })}
          />
        </label>
        <label>
          Sort by
          <select
            value={choice.sort}
            onChange={(event) => {
              const sort = SORTS.find((name) => name === event.currentTarget.value);
              if (sort) choose({ sort });
            }}
          >
            {SORTS.map((sort) => (
              <option key={sort} value={sort}>
                {SORT_WORDS[sort]}
              </option>
            ))}
          </select>
        </label>
        <p role="status" class="quiet">
          {formatCount(selected.length, 'prompt')}
        </p>
      </div>
      {selected.length === 0 ? (
        <Notice tone="quiet" title="No prompt is like that">
          <button
            type="button"
            onClick={() => {
              choose({ view: 'all', text: '' });
              // This button goes, and the focus would go with it.
              filter.current?.focus();
            }}
          >
            Show all
          </button>
        </Notice>
      ) : (
        <table class="prompts" aria-label="Prompts">
          <thead>
            <tr>
              {COLUMNS.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {selected.slice(0, limit).map((prompt) => (
              <PromptRow
                key={prompt.key}
                prompt={prompt}
                open={open.has(prompt.key)}
                onToggle={() => toggle(prompt.key)}
                wanted={prompt.key === wanted}
                player={player}
                hasFlow={status.flow.problem === undefined}
              />
            ))}
          </tbody>
        </table>
      )}
      {selected.length > limit && <More onMore={() => setLimit(limit + SLICE)} />}
    </>
  );
}

/** Draws more rows when it comes into view, or when it is pressed. */
function More({ onMore }: { readonly onMore: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!button.current) return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) onMore();
      },
      { rootMargin: '600px' },
    );
    observer.observe(button.current);
    return () => observer.disconnect();
  }, [onMore]);
  return (
    <button ref={button} type="button" onClick={onMore}>
      Show more
    </button>
  );
}
