import { splitKey } from '../../../console/format';
import type { CallMessage, CallSettings, Switches } from '../protocol';
import {
  getState,
  hangUp,
  listenToCall,
  NoAnswerError,
  placeCall,
  pressKey,
  RefusedError,
  replay,
  reportPlayed,
  setSwitches,
} from './api';
import { type CallLog, isListening } from './call-log';
import { AT_FIRST, type Held } from './phone-state';
import { createPlayer, type Player } from './player';

/** How often the page asks whether the sandbox is there, and what was switched elsewhere. */
const STATE_MS = 5000;

/** What can be done with the page. None of it throws: what does not work is told in `problem`. */
export interface PhoneActions {
  call(settings: CallSettings): Promise<void>;
  /** Calls with nothing broken. */
  demonstrate(settings: CallSettings): Promise<void>;
  press(key: string): void;
  hangUp(): void;
  replay(row: number, appended: boolean): Promise<void>;
  setSwitches(switches: Switches): Promise<void>;
  setSettings(settings: CallSettings): void;
  setMuted(isMuted: boolean): void;
  setSkipping(isSkipping: boolean): void;
  unblock(): void;
}

/**
 * Connects the page with the sandbox, and with its speaker.
 *
 * @param render shows what has changed
 */
export function createActions(render: (held: Held) => void) {
  let held = AT_FIRST;
  const stopListening = new Map<string, () => void>();
  /** Sounds that were given to the player: after a lost connection all messages come again. */
  const given = new Set<string>();

  const update = (changes: Partial<Held>) => {
    held = { ...held, ...changes };
    render(held);
  };

  const attempt = async (action: () => Promise<void>): Promise<void> => {
    try {
      await action();
      update({ isConnected: true });
    } catch (thrown) {
      if (thrown instanceof NoAnswerError) update({ isConnected: false });
      else if (thrown instanceof RefusedError) update({ problem: thrown.message });
      else throw thrown;
    }
  };

  /** What somebody asked for: an older problem is not of interest any more. */
  const perform = (action: () => Promise<void>): Promise<void> => {
    update({ problem: undefined });
    return attempt(action);
  };

  const audio = document.createElement('audio');
  document.body.append(audio);
  const player: Player = createPlayer(audio, {
    onPlayed: ({ call, message }) => {
      attempt(async () => {
        await reportPlayed(call, message.sound);
      });
    },
    onSounding: (isSounding) => update({ isSounding }),
    onBlocked: (isBlocked) => update({ isBlocked }),
    onUnplayable: ({ message }) => {
      const name = message.type === 'sound' ? splitKey(message.name).name : 'This sound';
      update({
        problem: `${name} cannot be played by this browser. Twilio can play it: the call goes on after as many seconds.`,
      });
    },
  });

  const refresh = () =>
    attempt(async () => {
      const server = await getState();
      update({ server });
    });

  const setLog = (id: string, change: (log: CallLog) => CallLog) =>
    update({ logs: held.logs.map((log) => (log.id === id ? change(log) : log)) });

  const take = (id: string, message: CallMessage) => {
    setLog(id, (log) => ({ ...log, messages: [...log.messages, message] }));
    // A call that was found by its link, or after the page was loaded again, may still go on.
    if (message.type === 'started' && held.liveId === undefined) update({ liveId: id });
    if (held.liveId !== id) return;
    switch (message.type) {
      case 'sound':
      case 'say': {
        const key = `${id} ${message.sound}`;
        if (!given.has(key)) player.play({ call: id, message });
        given.add(key);
        break;
      }
      case 'pressed':
        player.stop();
        break;
      case 'ended':
        player.stop();
        update({ liveId: undefined });
        refresh();
        break;
    }
  };

  const open = (id: string) => {
    const { logs } = held;
    update({
      shownId: id,
      logs: logs.some((log) => log.id === id) ? logs : [...logs, { id, messages: [] }],
    });
    if (stopListening.has(id)) return;
    const stop = listenToCall(id, {
      onOpen: () => setLog(id, (log) => ({ ...log, messages: [] })),
      onMessage: (message) => take(id, message),
      onUnreadable: () =>
        update({ problem: 'A message of the call cannot be read here. Load the page again.' }),
      onUnknown: () => {
        stopListening.delete(id);
        update({
          logs: held.logs.filter((log) => log.id !== id),
          shownId: undefined,
          liveId: held.liveId === id ? undefined : held.liveId,
          problem:
            'The sandbox does not know this call any more. It keeps the last calls, and none after it has ended.',
        });
      },
    });
    stopListening.set(id, stop);
  };

  const showLinked = () => {
    const id = linkedCall(location.hash);
    if (id !== undefined && id !== held.shownId) open(id);
  };

  const begin = async (settings: CallSettings): Promise<string> => {
    const { liveId } = held;
    player.stop();
    if (liveId !== undefined) await hangUp(liveId);
    const id = await placeCall(settings);
    update({ liveId: id, settings });
    history.replaceState(null, '', `#call=${encodeURIComponent(id)}`);
    open(id);
    return id;
  };

  const mend = async (): Promise<void> => {
    const { s3Stopped, webhooksHang } = held.server ?? {};
    if (!s3Stopped && !webhooksHang) return;
    const mended = { ...(s3Stopped && { s3Stopped: false }), webhooksHang: false };
    update({ server: await setSwitches(mended) });
  };

  let isBeginning = false;
  /** A second click while a call is being placed places no other. */
  const beginOnce = async (action: () => Promise<void>): Promise<void> => {
    if (isBeginning) return;
    isBeginning = true;
    await perform(action).finally(() => {
      isBeginning = false;
    });
  };

  return {
    /** Connects, and gives back how to end. */
    connect() {
      refresh().then(showLinked);
      // A browser may load its voices only when it is asked for them.
      window.speechSynthesis?.getVoices();
      const timer = setInterval(() => {
        if (document.visibilityState === 'visible') refresh();
      }, STATE_MS);
      addEventListener('hashchange', showLinked);
      return () => {
        clearInterval(timer);
        removeEventListener('hashchange', showLinked);
        for (const stop of stopListening.values()) stop();
        player.stop();
      };
    },
    call: (settings: CallSettings) =>
      beginOnce(async () => {
        await begin(settings);
      }),
    demonstrate: (settings: CallSettings) =>
      beginOnce(async () => {
        await mend();
        const id = await begin(settings);
        update({ demonstrated: [...held.demonstrated, id] });
      }),
    press(key: string) {
      const { liveId } = held;
      if (liveId === undefined) return;
      // The first key ends a prompt, though Twilio may wait for more of them.
      if (held.logs.some((log) => log.id === liveId && isListening(log))) player.stop();
      perform(async () => {
        await pressKey(liveId, key);
      });
    },
    hangUp() {
      const { liveId } = held;
      if (liveId === undefined) return;
      player.stop();
      perform(async () => {
        await hangUp(liveId);
      });
    },
    replay: (row: number, appended: boolean) =>
      perform(async () => {
        const { shownId } = held;
        if (shownId === undefined) return;
        const repeated = await replay(shownId, row, appended);
        setLog(shownId, (log) => ({
          ...log,
          messages: [...log.messages, { type: 'request', row: repeated }],
        }));
      }),
    setSwitches: (switches: Switches) => {
      // A box that is ticked stays so while S3 stops.
      if (held.server) update({ server: { ...held.server, ...switches } });
      return perform(async () => {
        const server = await setSwitches(switches);
        update({ server });
      });
    },
    setSettings: (settings: CallSettings) => update({ settings }),
    setMuted(isMuted: boolean) {
      player.setMuted(isMuted);
      update({ isMuted });
    },
    setSkipping(isSkipping: boolean) {
      player.setSkipping(isSkipping);
      update({ isSkipping });
    },
    unblock: () => player.unblock(),
  };
}

/** The call that the address of this page names, as `#call=…`. */
function linkedCall(hash: string): string | undefined {
  return new URLSearchParams(hash.replace(/^#/, '')).get('call') ?? undefined;
}
