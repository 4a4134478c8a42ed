/**
 * Every line that the Functions log has one of these names. docs/operating.md says of each what it
 * means and what to do.
 */
export type LogEvent =
  // Calls
  | 'webhook-answered'
  | 'fallback-asked'
  | 'prompt-said'
  | 'no-audio-proxy'
  | 'manifest-unreadable'
  | 'apology-said'
  // The audio proxy
  | 'audio-served'
  | 'audio-failed'
  | 'object-not-verified'
  | 'credentials-not-refreshed'
  // The sync
  | 'sync-done'
  | 'sync-unfinished'
  | 'sync-failed'
  | 'objects-without-date'
  // The status
  | 'status-failed'
  | 'status-incomplete'
  // Any Function
  | 'function-failed';

/** Twilio's debugger shows warnings and errors, too. */
type LogLevel = 'info' | 'warn' | 'error';

type LogFields = Readonly<
  Record<string, string | number | boolean | readonly string[] | undefined>
>;

/**
 * Writes one JSON line. Twilio collects what Functions write to the console, by level:
 * https://www.twilio.com/docs/serverless/functions-assets/functions/debugging
 *
 * @param fields chosen one by one, so that no signature, token or phone number gets into the log
 */
export function log(level: LogLevel, event: LogEvent, fields: LogFields): void {
  console[level](JSON.stringify({ level, event, ...fields }));
}

/**
 * The call that a request belongs to: CA…. Twilio sends it with each webhook, and appends it to some
 * media requests. Undefined where there is none, or something else in its place.
 */
export function callSidOf({ CallSid }: Readonly<Record<string, unknown>>): string | undefined {
  return typeof CallSid === 'string' && /^CA[0-9a-f]{32}$/.test(CallSid) ? CallSid : undefined;
}
