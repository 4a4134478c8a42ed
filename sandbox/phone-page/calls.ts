import { randomBytes } from 'node:crypto';
import { presignedUrl } from '../../cli/presigned-url';
import { call, type SendRequest } from '../../phone';
import type { CallFlow } from '../../src/call-flow/schema';
import type { Clock } from '../../src/clock';
import { readConfig } from '../../src/config';
import { FLOW_EVENTS } from '../../src/limits';
import { type Built, callOptions, type Inspected } from '../inspector';
import { LiveCall } from './live-call';
import { playPresigned } from './presigned-plays';
import { promptNames } from './prompt-names';
import type { CallSettings, State } from './protocol';

export interface CallsOptions {
  readonly sandbox: Inspected & Built;
  readonly flow: CallFlow;
  readonly clock: Clock;
  /** Sends the phone's requests. */
  readonly send: SendRequest;
}

/** The calls of the phone page. */
export interface Calls {
  /** Begins a call, and gives the id of its links. */
  begin(settings: CallSettings): string;
  get(id: string): LiveCall | undefined;
  /** Newest first. */
  list(): State['calls'];
  /** Ends all of them. */
  close(): void;
}

/** Calls that are kept, so that they can be linked to. */
export const CALLS_KEPT = 20;

export function createCalls({ sandbox, flow, clock, send }: CallsOptions): Calls {
  const { variables, publicOrigin } = sandbox;
  const bucket = readConfig(variables).s3;
  const names = promptNames(flow, sandbox);
  /** Newest last. */
  const calls = new Map<string, LiveCall>();

  const forgetOldest = () => {
    const [oldest] = calls;
    if (calls.size <= CALLS_KEPT || !oldest) return;
    const [id, forgotten] = oldest;
    forgotten.end('The call was ended, as many others began.');
    calls.delete(id);
  };

  return {
    begin(settings) {
      const presigned = new Map<string, string>();
      const presign = async (key: string) => {
        const url = await presignedUrl(bucket, key);
        presigned.set(url, key);
        return url;
      };
      const isPresigned = settings.source === 'presigned';
      const phone = {
        ...callOptions(sandbox, []),
        append: settings.append,
        callSid: `CA${randomBytes(16).toString('hex')}`,
        maxEvents: FLOW_EVENTS,
      };
      const id = randomBytes(8).toString('hex');
      calls.set(
        id,
        new LiveCall({
          phone,
          settings,
          names: { ...names, keyOf: (url) => presigned.get(url) ?? names.keyOf(url) },
          place: { publicOrigin, region: bucket.region },
          send: isPresigned ? playPresigned(send, { keyOf: names.keyOf, presign }) : send,
          dial: (live) => call({ ...phone, ...live }),
          clock,
        }),
      );
      forgetOldest();
      return id;
    },
    get: (id) => calls.get(id),
    list: () =>
      [...calls]
        .map(([id, { at, settings }]) => ({ id, at: at.toISOString(), source: settings.source }))
        .reverse(),
    close() {
      for (const each of calls.values()) each.end('The sandbox was stopped.');
    },
  };
}
