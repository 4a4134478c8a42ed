import { useEffect, useMemo, useState } from 'preact/hooks';
import { createActions, type PhoneActions } from './phone-actions';
import { AT_FIRST, type Phone } from './phone-state';

/** The phone: calls, what they say, and the speaker. */
export function usePhone(): readonly [Phone, PhoneActions] {
  const [held, render] = useState(AT_FIRST);
  const actions = useMemo(() => createActions(render), []);
  useEffect(() => actions.connect(), [actions]);
  const { shownId, liveId, ...rest } = held;
  const find = (id: string | undefined) => held.logs.find((log) => log.id === id);
  return [{ ...rest, shown: find(shownId), live: find(liveId) }, actions];
}
