import type { ComponentType } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { StatusResponse } from '../src/status/response';
import { Announcer } from './components/announcer';
import { Badge } from './components/badge';
import { Icon } from './components/icon';
import { Notice } from './components/notice';
import { Skeleton } from './components/skeleton';
import { type Tab, Tabs } from './components/tabs';
import { Time } from './components/time';
import { FlowSection } from './flow/section';
import { formatCount } from './format';
import { PlayerBar } from './listen/player-bar';
import { usePlayer } from './listen/use-player';
import { LiveSection } from './live/section';
import { PromptsSection } from './prompts/section';
import { routeTo, SECTIONS, type SectionId } from './route';
import type { SectionProps } from './section';
import { countChanges, summarize } from './summary';
import { SyncSection } from './sync/section';
import { useRoute } from './use-route';
import { useStatus } from './use-status';

interface ShellProps {
  readonly secret: string;
  readonly first?: StatusResponse;
  readonly onSignOut: () => void;
  readonly onUnauthorized: () => void;
}

const SHOWN: Readonly<Record<SectionId, readonly [string, ComponentType<SectionProps>]>> = {
  prompts: ['Prompts', PromptsSection],
  sync: ['Sync', SyncSection],
  flow: ['Call flow', FlowSection],
  live: ['What is live', LiveSection],
};

const showPrompt = (key: string) => {
  location.hash = routeTo('prompts', key);
};

/** The page of somebody who is signed in: its head, and the sections. */
export function Shell({ secret, first, onSignOut, onUnauthorized }: ShellProps) {
  const { status, problem, loading, reload } = useStatus(secret, first, onUnauthorized);
  const player = usePlayer();
  const { section, item } = useRoute();
  const seen = useRef(new Set<SectionId>()).current;
  seen.add(section);
  const heading = useRef<HTMLHeadingElement>(null);
  const [title] = SHOWN[section];
  useTitle(title, item === undefined ? heading : undefined);
  useEffect(() => {
    // Sign-in, which had the focus, is gone.
    if (first !== undefined) heading.current?.focus();
  }, [first]);

  return (
    <>
      <header class="head">
        <div class="head-name">
          <h1>Phone prompts</h1>
          <p class="head-what quiet">
            <bdi>{status?.domain ?? location.host}</bdi>
            {status && (
              <>
                , as of <Time at={status.at} /> <Summary status={status} />
              </>
            )}
          </p>
        </div>
        <button type="button" aria-disabled={loading} onClick={() => loading || void reload()}>
          <Icon name="refresh" />
          {loading ? 'Loading…' : 'Refresh'}
        </button>
        <button type="button" onClick={onSignOut}>
          Sign out
        </button>
      </header>
      <Tabs label="Sections" tabs={tabsOf(status)} current={section} />
      <main aria-busy={loading}>
        <h2 ref={heading} tabIndex={-1} class="unseen">
          {title}
        </h2>
        {problem !== undefined && (
          <Notice tone="bad" title="The state of the deployment could not be loaded" alert>
            <p>
              {problem}
              {status && ' Below is what was loaded before.'}
            </p>
          </Notice>
        )}
        {status?.twilioProblem !== undefined && (
          <Notice tone="warn" title="Twilio's API could not be asked">
            <p>{status.twilioProblem}</p>
            <p>
              Calls go on. Until Twilio answers, the deployments are not known, and nothing can be
              synced.
            </p>
          </Notice>
        )}
        {status?.bucket.problem !== undefined && (
          <Notice tone="warn" title="S3 could not be asked">
            <p>{status.bucket.problem}</p>
            <p>
              Assets play on without S3. Until it answers, it is not known what the bucket holds,
              and nothing can be synced.
            </p>
          </Notice>
        )}
        {status === undefined && problem === undefined && <Skeleton lines={12} />}
        {status !== undefined &&
          SECTIONS.filter((id) => seen.has(id)).map((id) => {
            const [, Section] = SHOWN[id];
            return (
              <div key={id} hidden={id !== section}>
                <Section
                  status={status}
                  secret={secret}
                  reload={reload}
                  showPrompt={showPrompt}
                  player={player}
                  onUnauthorized={onUnauthorized}
                  item={id === section ? item : undefined}
                />
              </div>
            );
          })}
      </main>
      <PlayerBar player={player} />
      <Announcer />
    </>
  );
}

function Summary({ status }: { readonly status: StatusResponse }) {
  const { tone, words } = summarize(status);
  return <Badge tone={tone}>{words}</Badge>;
}

function tabsOf(status: StatusResponse | undefined): Tab[] {
  const pending = status ? countChanges(status) : 0;
  return SECTIONS.map((id) => {
    const [title] = SHOWN[id];
    if (id !== 'sync' || pending === 0) return { id, title };
    return {
      id,
      title,
      count: { shown: pending, words: `${formatCount(pending, 'change')} waiting` },
    };
  });
}

/**
 * The window's title names the section.
 *
 * @param heading of the section; it gets the focus in a section that was not shown before
 */
function useTitle(title: string, heading: { readonly current: HTMLElement | null } | undefined) {
  const last = useRef(title);
  useEffect(() => {
    document.title = `${title} · Phone prompts`;
    if (last.current !== title) heading?.current?.focus();
    last.current = title;
  }, [title, heading]);
}
