import type { CallEvent, MediaEvent, WebhookEvent } from '../../phone';
import { REMOTE_TEXT_CHARACTERS } from '../../src/limits';
import { oneLine } from '../format';
import type { KnownPrompts } from './prompts';
import { mediaSource, nameOf } from './table';

/** What failed in a call, a sentence for each prompt and webhook: what it was, and what came back. */
export function failuresIn(events: readonly CallEvent[], prompts: KnownPrompts): string[] {
  const failures = events.flatMap((event) => {
    if (event.kind === 'verb' || event.errorCode === undefined) return [];
    return event.kind === 'webhook' ? webhookFailure(event) : mediumFailure(event, prompts);
  });
  return [...new Set(failures)];
}

function webhookFailure(event: WebhookEvent): string {
  return `${event.verb}: ${messageOf(event)}.${adviceOn(event)}`;
}

function adviceOn({ status }: WebhookEvent): string {
  switch (status) {
    case 403:
      return ' Check that AUTH_TOKEN is the one of the deployment.';
    case 404:
      return ' The live Build has no such Function: deploy it, or give another --path.';
    case 407:
      return ' That is the proxy of HTTPS_PROXY: give it a user name and a password.';
    default:
      return '';
  }
}

function mediumFailure(event: MediaEvent, prompts: KnownPrompts): string {
  const sentence = sentenceOf(event);
  const answer = sentence === undefined ? '.' : `: ${sentence}`;
  return `${nameOf(event.url, prompts)}: ${event.verb}: ${messageOf(event)}${answer}`;
}

function messageOf({ errorCode, errorMessage }: MediaEvent | WebhookEvent): string {
  return oneLine(errorMessage ?? `error ${errorCode}`);
}

/** The proxy's own sentence. Whatever else answered, such as S3, is not printed. */
function sentenceOf({ url, contentType, body }: MediaEvent): string | undefined {
  if (mediaSource(url) !== 'audio' || !contentType?.startsWith('text/plain')) return undefined;
  const text = body?.toString().trim() ?? '';
  return text === '' || text.length > REMOTE_TEXT_CHARACTERS ? undefined : oneLine(text);
}

/** Whether the audio proxy refused a medium: its log has the reason, which callers do not get. */
export function isRefusedByProxy(event: CallEvent): boolean {
  return (
    event.kind === 'media' &&
    event.errorCode !== undefined &&
    event.status !== undefined &&
    mediaSource(event.url) === 'audio'
  );
}
