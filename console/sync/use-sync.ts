import { useEffect, useRef, useState } from 'preact/hooks';
import { requestSync } from '../api';
import type { SectionProps } from '../section';
import { followSync, type SyncEnding, type SyncProgress, sleep } from './follow-sync';

type Force = Parameters<typeof requestSync>[1];
type Ending = Exclude<SyncEnding, { type: 'unauthorized' }>;

export interface Sync {
  /** While one goes on. */
  readonly progress?: SyncProgress;
  /** Of the last one. */
  readonly ending?: Ending;
  /** With the number of prompts that may vanish, it overrules a guard. */
  readonly start: (force?: Force) => void;
  readonly stop: () => void;
}

/** A sync that this page follows. It goes on while another section is shown, or another tab. */
export function useSync({
  status,
  secret,
  reload,
  onUnauthorized,
}: Pick<SectionProps, 'status' | 'secret' | 'reload' | 'onUnauthorized'>): Sync {
  const [state, setState] = useState<Pick<Sync, 'progress' | 'ending'>>({});
  const running = useRef<AbortController>(undefined);
  const isGone = useRef(false);
  useEffect(
    () => () => {
      // Somebody has signed out: nothing is asked for with that secret any more.
      isGone.current = true;
      running.current?.abort();
    },
    [],
  );

  const start = async (force?: Force) => {
    const controller = new AbortController();
    running.current = controller;
    const ending = await followSync({
      step: () => requestSync(secret, force),
      sleep,
      onProgress: (progress) => setState({ progress }),
      signal: controller.signal,
      expected: status.nextSync?.upload ?? 0,
    });
    if (isGone.current) return;
    if (ending.type === 'unauthorized') return onUnauthorized();
    // The plan of before and what is said of the sync would contradict each other.
    await reload();
    setState({ ending });
  };
  return {
    ...state,
    start: (force) => void start(force),
    stop: () => running.current?.abort(),
  };
}
