import type { CallAlert, PlacedCall } from './records';

/** `Tue, 31 Aug 2010 20:36:28 +0000` */
const rfc2822 = (time: number) => new Date(time).toUTCString().replace('GMT', '+0000');

/** `2010-08-31T20:36:28Z` */
const iso8601 = (time: number) => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');

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

/** https://www.twilio.com/docs/voice/api/call-resource */
export function callView(accountSid: string, call: PlacedCall) {
  const path = `/2010-04-01/Accounts/${accountSid}/Calls/${call.sid}`;
  const { createdAt, endedAt } = call;
  return {
    sid: call.sid,
    account_sid: accountSid,
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

/** https://www.twilio.com/docs/usage/monitor-alert */
export function alertView(accountSid: string, origin: string, alert: CallAlert) {
  return {
    sid: alert.sid,
    account_sid: accountSid,
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
    url: `${origin}/v1/Alerts/${alert.sid}`,
  };
}
