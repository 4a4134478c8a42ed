import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Notice } from '../components/notice';
import type { SectionProps } from '../section';
import { ForceDialog } from './force-dialog';
import { KeysByReason } from './key-list';
import { NextSync } from './next-sync';
import { type Sync, useSync } from './use-sync';
import { endingWords, progressWords, skipWords } from './words';

/** What the next sync does, a button that starts it, and what became of it. */
export function SyncSection(props: SectionProps) {
  const { status } = props;
  const sync = useSync(props);
  const [asking, setAsking] = useState(false);
  const state = useRef<HTMLDivElement>(null);
  const isRunning = sync.progress !== undefined;
  useEffect(() => {
    // Where the dialog began is gone, and the focus with it.
    if (isRunning && document.activeElement === document.body) state.current?.focus();
  }, [isRunning]);
  const guard = status.nextSync?.guard;
  const overrule = guard && guard.vanishing > 0 && (
    <>
      <p>
        If recordings were deleted by mistake, put them back. If the bucket’s name is wrong, the
        person who deploys has to correct it.
      </p>
      <p>{`A sync all the same takes ${guard.vanishing} of ${guard.known} prompts from callers.`}</p>
      <p class="notice-action">
        <button type="button" onClick={() => setAsking(true)}>
          Sync all the same…
        </button>
      </p>
    </>
  );

  return (
    <div class="sync">
      <SyncAction sync={sync} />
      <div role="status" class="sync-state" ref={state} tabIndex={-1}>
        {sync.progress && <p>{progressWords(sync.progress)}</p>}
        {sync.ending && (
          <Ending ending={sync.ending} status={status}>
            {overrule}
          </Ending>
        )}
      </div>
      {!sync.progress && (
        <>
          {guard && sync.ending?.type !== 'guarded' && (
            <Notice tone="warn" title="The bucket looks wrong: a sync would stop">
              <p dir="auto">{guard.sentence}</p>
              {overrule}
            </Notice>
          )}
          <NextSync status={status} isDone={sync.ending?.type === 'done'} />
        </>
      )}
      {guard && (
        <ForceDialog
          guard={guard}
          prompts={status.prompts}
          open={asking}
          onClose={() => setAsking(false)}
          onForce={() => {
            setAsking(false);
            sync.start({ vanishing: guard.vanishing });
          }}
        />
      )}
    </div>
  );
}

function SyncAction({ sync: { progress, start, stop } }: { readonly sync: Sync }) {
  if (!progress) {
    return (
      <div class="sync-action">
        <button type="button" class="primary" onClick={() => start()}>
          Sync now
        </button>
        <p class="quiet">Makes callers hear what the bucket has now.</p>
      </div>
    );
  }
  const { uploaded, remaining } = progress;
  return (
    <div class="sync-action">
      {/* The second click of a double click on “Sync now” lands here. */}
      <button type="button" onClick={({ detail }) => detail < 2 && stop()}>
        Stop
      </button>
      {/* What is uploaded still has to become live. */}
      <progress aria-label="Sync" value={uploaded} max={uploaded + remaining + 1} />
      <p class="quiet">
        You may leave this page. Callers hear what they heard before until all of it is live, and
        the next sync goes on from there.
      </p>
    </div>
  );
}

interface EndingProps {
  readonly ending: NonNullable<Sync['ending']>;
  readonly status: SectionProps['status'];
  /** Below what a guard said. */
  readonly children: ComponentChildren;
}

function Ending({ ending, status, children }: EndingProps) {
  const { tone, title, sentences } = endingWords(ending);
  const skipped = ending.type === 'done' ? ending.report.skipped : [];
  const problems = new Map(status.prompts.map(({ key, problem }) => [key, problem]));
  return (
    <Notice tone={tone} title={title}>
      <p dir="auto">{sentences.join(' ')}</p>
      {ending.type === 'guarded' && children}
      <KeysByReason
        items={skipped.map(({ key, reason }) => ({
          key,
          text: problems.get(key) ?? skipWords(reason),
        }))}
      />
    </Notice>
  );
}
