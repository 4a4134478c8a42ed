import type { RequestListener } from 'node:http';
import express, { type Request } from 'express';
import * as v from 'valibot';
import type { PhoneOptions } from '../../../phone';
import type { Twilio } from '../../twilio';
import { errorHandler } from '../../twilio/http/app';
import { type Answer, created, endpoints, ok } from '../../twilio/http/endpoint';
import { readForm } from '../../twilio/http/form';
import { authenticate } from '../../twilio/http/guards';
import { found, param } from '../../twilio/http/lookup';
import { listPage } from '../../twilio/http/page';
import { originOf } from '../../twilio/http/urls';
import { Exchange, type MediaHabits } from './exchange';
import { alertView, callView } from './views';

export type { MediaHabits } from './exchange';

const number = v.pipe(v.string(), v.regex(/^\+\d{7,15}$/, 'must be a number in E.164'));
const url = v.pipe(v.string(), v.url());
const NewCall = v.object({
  From: number,
  To: number,
  Url: url,
  FallbackUrl: v.optional(url),
});
const CallChanges = v.object({ Status: v.picklist(['completed', 'canceled']) });

/**
 * The calls of Twilio's Voice API and the alerts of its debugger, in front of the Serverless API.
 * https://www.twilio.com/docs/voice/api/call-resource
 * https://www.twilio.com/docs/usage/monitor-alert
 */
export function createTelephony(
  { state, listener }: Twilio,
  phone: MediaHabits & Pick<PhoneOptions, 'send'>,
): RequestListener {
  const { settings } = state;
  const { accountSid } = settings;
  const exchange = new Exchange(state, phone);
  const on = endpoints(settings);
  const callOf = (request: Request) => found(request, exchange.calls.get(param(request, 'call')));

  function create(request: Request): Answer {
    const { From, To, Url, FallbackUrl } = readForm(NewCall, request);
    const call = exchange.place({ from: From, to: To, voiceUrl: Url, fallbackUrl: FallbackUrl });
    return created(callView(accountSid, call));
  }

  function update(request: Request): Answer {
    readForm(CallChanges, request);
    const call = callOf(request);
    exchange.end(call, 'completed');
    return ok(callView(accountSid, call));
  }

  function listAlerts(request: Request): Answer {
    const origin = originOf(settings, request);
    return listPage(settings, request, 'alerts', exchange.alerts.values(), (alert) =>
      alertView(accountSid, origin, alert),
    );
  }

  const app = express();
  app.disable('x-powered-by');
  const calls = `/2010-04-01/Accounts/${accountSid}/Calls`;
  const guard = [
    authenticate(settings),
    express.text({ type: 'application/x-www-form-urlencoded' }),
  ];
  app.post(`${calls}.json`, guard, on(create));
  app.get(
    `${calls}/:call.json`,
    guard,
    on((request) => ok(callView(accountSid, callOf(request)))),
  );
  app.post(`${calls}/:call.json`, guard, on(update));
  app.get('/v1/Alerts', guard, on(listAlerts));
  app.use(errorHandler(state));
  app.use(listener);
  return app;
}
