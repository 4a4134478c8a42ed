import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { StatusResponse } from '../src/status/response';
import { requestStatus } from './api';
import { announce } from './components/announcer';

export interface LoadedStatus {
  /** The last one that came; it stays while another is loaded, or cannot be. */
  readonly status?: StatusResponse;
  /** Why the last request brought none. */
  readonly problem?: string;
  readonly loading: boolean;
  readonly reload: () => Promise<void>;
}

/**
 * The status, which all sections show.
 *
 * @param first what sign-in has loaded already
 */
export function useStatus(
  secret: string,
  first: StatusResponse | undefined,
  onUnauthorized: () => void,
): LoadedStatus {
  const [state, setState] = useState<Omit<LoadedStatus, 'reload'>>({
    status: first,
    loading: first === undefined,
  });
  const newest = useRef(0);

  const reload = useCallback(async () => {
    newest.current += 1;
    const mine = newest.current;
    setState((last) => ({ ...last, loading: true }));
    const outcome = await requestStatus(secret);
    // A later request shows what is newer.
    if (mine !== newest.current) return;
    if (outcome.type === 'unauthorized') return onUnauthorized();
    if (outcome.type === 'loaded') setState({ status: outcome.status, loading: false });
    else setState((last) => ({ ...last, problem: outcome.sentence, loading: false }));
    announce(outcome.type === 'loaded' ? 'The page is up to date.' : 'Loading did not work.');
  }, [secret, onUnauthorized]);

  useEffect(() => {
    if (first === undefined) void reload();
    // Nothing of a request matters when the page shows something else.
    return () => {
      newest.current += 1;
    };
  }, [first, reload]);
  return { ...state, reload };
}
