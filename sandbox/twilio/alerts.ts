import { Router } from 'express';
import { endpoint, identity, iso8601, originOf } from './http';
import { listPage } from './paging';
import { type Resource, type State, stamp } from './state';

interface NewAlert {
  readonly callSid: string;
  readonly code: number;
  readonly message: string;
  readonly method: 'GET' | 'POST';
  readonly url: string;
}

/** Something that went wrong in a call, as Twilio's debugger lists it. */
export interface Alert extends Resource, NewAlert {}

/** https://www.twilio.com/docs/usage/monitor-alert */
export function alertRoutes(state: State): Router {
  const router = Router({ caseSensitive: true });
  router.get(
    '/Alerts',
    endpoint((request) =>
      listPage(state, request, state.alerts.values(), {
        key: 'alerts',
        view: (alert) => ({
          ...identity(alert),
          resource_sid: alert.callSid,
          service_sid: null,
          alert_text: alert.message,
          api_version: '2010-04-01',
          error_code: String(alert.code),
          log_level: 'error',
          more_info: `https://www.twilio.com/docs/errors/${alert.code}`,
          request_method: alert.method,
          request_url: alert.url,
          date_created: iso8601(alert.createdAt),
          date_generated: iso8601(alert.createdAt),
          date_updated: iso8601(alert.createdAt),
          url: `${originOf(request)}/v1/Alerts/${alert.sid}`,
        }),
      }),
    ),
  );
  return router;
}

export function addAlert(state: State, input: NewAlert): void {
  const alert: Alert = { ...stamp(state, 'NO'), ...input };
  state.alerts.set(alert.sid, alert);
}
