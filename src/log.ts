/**
 * Writes one JSON line. Twilio collects what Functions write to the console, by level:
 * https://www.twilio.com/docs/serverless/functions-assets/functions/debugging
 *
 * Fields are chosen by the caller one by one, so that no signature, token or phone number slips in.
 */
export function log(
  level: 'info' | 'warn' | 'error',
  fields: Readonly<Record<string, string | number | boolean | undefined>>,
): void {
  console[level](JSON.stringify({ level, ...fields }));
}
