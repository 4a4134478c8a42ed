import { describe, expect, it } from '@jest/globals';
import { outcomeOf } from '../../../sandbox/phone-page/browser/outcome';
import type { CallMessage, RequestRow } from '../../../sandbox/phone-page/protocol';
import { logOf, requested, silent, sounded } from '../../helpers/sandbox/phone-page';

const presigned = (request: number, changes: Partial<RequestRow> = {}) =>
  requested({ request, servedBy: 'S3', ...changes });
const refused = (request: number) =>
  presigned(request, { status: 403, appendedCount: 27, failure: '11200: answered 403' });
const appended = (request: number, servedBy: RequestRow['servedBy'] = 'Asset') =>
  requested({ request, servedBy, appendedCount: 27 });

/** What one saw, as one text. */
const seen = (...messages: readonly CallMessage[]) =>
  outcomeOf(logOf(...messages)).sentences.join(' ');

describe('what one saw in a call', () => {
  it('is the bug: silence, how often S3 refused, and why', () => {
    expect(seen(refused(0), silent(0), refused(1), silent(1))).toBe(
      'The caller heard silence in place of 2 prompts. S3 answered 403 to 2 requests. Twilio had appended 27 parameters to each refused URL: the signature covers the whole query, and no longer fitted.',
    );
  });

  it('is the bug in a part of the call: the signature fits where nothing was appended', () => {
    expect(seen(presigned(0), sounded(0), refused(1), silent(1))).toBe(
      'The caller heard 1 of 2 prompts, and silence in place of 1. S3 answered 403 to 1 request, and 200 to 1. Twilio had appended 27 parameters to the refused URL: the signature covers the whole query, and no longer fitted. Where nothing was appended, the signature fitted.',
    );
  });

  it('is the bug gone: all heard, though the same parameters were appended', () => {
    expect(seen(appended(0), sounded(0), requested({ request: 1 }), sounded(1, 1))).toBe(
      "The caller heard all 2 prompts. Twilio's own file server (Assets) answered 200 to 2 requests. Twilio appended 27 parameters to 1 of 2 URLs, and that broke nothing: what is appended to these URLs is ignored.",
    );
  });

  it('names each server that answered', () => {
    expect(seen(appended(0), sounded(0), appended(1, 'proxy'), sounded(1, 1))).toContain(
      "Twilio's own file server (Assets) answered 200 to 1 request; the proxy answered 200 to 1 request.",
    );
  });

  it('counts requests without an answer, and blames no signature for them', () => {
    const lost = presigned(0, { status: undefined, appendedCount: 27, failure: '11200: refused' });
    expect(seen(lost, silent(0))).toBe(
      'The caller heard silence in place of 1 prompt. S3 gave no answer to 1 request.',
    );
  });

  it('tells answers from requests without one', () => {
    const lost = presigned(1, { status: undefined, failure: '11200: refused' });
    expect(seen(presigned(0), sounded(0), lost, silent(1))).toContain(
      'S3 answered 200 to 1 request, and gave no answer to 1 request.',
    );
  });

  it('tells of texts in place of recordings, and of webhooks that failed', () => {
    const said: CallMessage = { type: 'say', sound: 0, text: 'Hello.', inPlaceOf: 'a.mp3' };
    const failed = requested({ verb: 'voice', status: undefined, failure: '11205: no answer' });
    expect(seen(failed, said)).toBe(
      'Twilio read out 1 text in place of a recording that failed. 1 request for what to do next failed.',
    );
  });

  it('leaves out requests that somebody sent again', () => {
    expect(seen(refused(0), silent(0), presigned(1, { replayOf: 0 }))).not.toContain('200');
  });

  it('is nothing before a prompt was asked for', () => {
    expect(outcomeOf(logOf())).toEqual({ heard: 0, silent: 0, sentences: [] });
  });
});
