import { Router } from 'express';
import * as v from 'valibot';
import { call as callPhone } from '../../phone';
import { PHONE_NUMBER } from '../../src/config';
import { addAlert } from './alerts';
import { readForm } from './forms';
import { accountPath, created, endpoint, found, identity, ok, param, rfc2822 } from './http';
import { type Resource, type State, stamp } from './state';

export interface NewCall {
  readonly from: string;
  readonly to: string;
  readonly voiceUrl: string;
  readonly fallbackUrl: string | undefined;
}

/** A call that was made through the API. */
export interface Call extends Resource, NewCall {
  status: 'in-progress' | 'completed' | 'failed';
  /** Epoch milliseconds. */
  endedAt: number | undefined;
}

const number = v.pipe(v.string(), v.regex(PHONE_NUMBER, 'must be a number in E.164'));
const url = v.pipe(v.string(), v.url());
const newCall = v.object({
  From: number,
  To: number,
  Url: url,
  FallbackUrl: v.optional(url),
});
const callChanges = v.object({ Status: v.literal('completed') });

/** https://www.twilio.com/docs/voice/api/call-resource */
export function callRoutes(state: State): Router {
  const all = `${accountPath(state)}/Calls`;
  const one = `${all}/:call.json`;
  const router = Router({ caseSensitive: true });
  router.post(
    `${all}.json`,
    endpoint((request) => {
      const { From, To, Url, FallbackUrl } = readForm(newCall, request);
      const input = { from: From, to: To, voiceUrl: Url, fallbackUrl: FallbackUrl };
      return created(callView(startCall(state, input)));
    }),
  );
  router.get(
    one,
    endpoint((request) => ok(callView(found(request, state.calls.get(param(request, 'call')))))),
  );
  router.post(
    one,
    endpoint((request) => {
      const call = found(request, state.calls.get(param(request, 'call')));
      readForm(callChanges, request);
      endCall(state, call, 'completed');
      return ok(callView(call));
    }),
  );
  return router;
}

const SUBRESOURCES = {
  notifications: 'Notifications',
  recordings: 'Recordings',
  payments: 'Payments',
  events: 'Events',
  siprec: 'Siprec',
  streams: 'Streams',
  transcriptions: 'Transcriptions',
  user_defined_message_subscriptions: 'UserDefinedMessageSubscriptions',
  user_defined_messages: 'UserDefinedMessages',
};

function callView(call: Call) {
  const { createdAt, endedAt } = call;
  const path = `/2010-04-01/Accounts/${call.accountSid}/Calls/${call.sid}`;
  return {
    ...identity(call),
    parent_call_sid: null,
    from: call.from,
    from_formatted: call.from,
    to: call.to,
    to_formatted: call.to,
    phone_number_sid: null,
    status: call.status,
    direction: 'outbound-api',
    answered_by: null,
    caller_name: null,
    forwarded_from: null,
    group_sid: null,
    trunk_sid: null,
    api_version: '2010-04-01',
    date_created: rfc2822(createdAt),
    date_updated: rfc2822(endedAt ?? createdAt),
    start_time: rfc2822(createdAt),
    end_time: endedAt === undefined ? null : rfc2822(endedAt),
    duration: endedAt === undefined ? null : String(Math.ceil((endedAt - createdAt) / 1000)),
    price: null,
    price_unit: 'USD',
    queue_time: '0',
    uri: `${path}.json`,
    subresource_uris: Object.fromEntries(
      Object.entries(SUBRESOURCES).map(([name, part]) => [name, `${path}/${part}.json`]),
    ),
  };
}

/** Starts a call, which goes on by itself. The callee answers at once and presses nothing. */
function startCall(state: State, input: NewCall): Call {
  const started: Call = {
    ...stamp(state, 'CA'),
    ...input,
    status: 'in-progress',
    endedAt: undefined,
  };
  state.calls.set(started.sid, started);
  carryOut(state, started).then(
    () => endCall(state, started, 'completed'),
    () => endCall(state, started, 'failed'),
  );
  return started;
}

function endCall(state: State, call: Call, status: 'completed' | 'failed'): void {
  if (call.endedAt !== undefined) return;
  call.status = status;
  call.endedAt = state.settings.now();
}

/** Makes the call's requests, until it ends or is ended. */
async function carryOut(state: State, call: Call): Promise<void> {
  const { accountSid, authToken, phone } = state.settings;
  const { sid: callSid, from, to, voiceUrl, fallbackUrl } = call;
  const target = { accountSid, authToken, callSid, from, to, voiceUrl, fallbackUrl };
  for await (const step of callPhone({ ...phone, ...target })) {
    if (call.endedAt !== undefined) return;
    if (step.kind === 'verb' || step.errorCode === undefined) continue;
    addAlert(state, {
      callSid,
      code: step.errorCode,
      message: step.errorMessage ?? '',
      method: step.kind === 'webhook' ? step.method : 'GET',
      url: step.kind === 'webhook' ? step.url : step.mediaUrl,
    });
  }
}
