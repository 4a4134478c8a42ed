import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { createColors } from 'picocolors';
import { knownPrompts } from '../../../cli/call/prompts';
import { callTable, nameOf, type TableOptions } from '../../../cli/call/table';
import type { CallEvent, MediaEvent, WebhookEvent } from '../../../phone';
import { CALL_FLOW_FILE } from '../../../src/call-flow/files';
import { parseCallFlow } from '../../../src/call-flow/parse';
import { assetPath } from '../../../src/sync/asset-path';

const ORIGIN = 'https://clinic-1234-dev.twil.io';
const prompts = knownPrompts(parseCallFlow(readFileSync(CALL_FLOW_FILE, 'utf8')));

const medium = (path: string, changes: Partial<MediaEvent> = {}): MediaEvent => ({
  kind: 'media',
  verb: 'Gather › Play',
  url: ORIGIN + path,
  mediaUrl: ORIGIN + path,
  appended: 27,
  signed: false,
  redirects: [],
  loop: 1,
  status: 200,
  contentType: 'audio/mpeg',
  bytes: 1,
  durationSeconds: 12.34,
  milliseconds: 5,
  ...changes,
});

const tableOf = (events: readonly CallEvent[], changes: Partial<TableOptions> = {}) =>
  callTable(events, {
    colors: createColors(false),
    width: 80,
    prompts,
    onFailure: 'skip',
    ...changes,
  })
    .split('\n')
    .slice(1);

describe('the table of a call', () => {
  it('names an Asset by its S3 key, without the hashes of its path', () => {
    const path = assetPath('prompts/welcome.mp3', 'etag');
    expect(path).toMatch(/welcome\.[0-9a-f]{16}\.[0-9a-f]{16}\.mp3$/);
    expect(tableOf([medium(`${path}?at=menus.main.greeting`)])).toEqual([
      '  1  Gather › Play  Asset prompts/welcome.mp3 +27  200     mpeg  12.3   5',
    ]);
  });

  it('names an Asset of another call flow by the readable part of its path', () => {
    const url = `${ORIGIN}${assetPath('prompts/goodnight.mp3', 'etag')}`;
    expect(nameOf(url, prompts)).toBe('goodnight.mp3');
    expect(nameOf(`${ORIGIN}/audio/by-hand.mp3`, prompts)).toBe('by-hand.mp3');
    expect(nameOf('https://example.com/a.mp3?X-Amz-Signature=ab', prompts)).toBe(
      'example.com/a.mp3',
    );
    expect(
      nameOf(`${ORIGIN}${assetPath('prompts/welcome.mp3', 'e')}`, knownPrompts(undefined)),
    ).toBe('welcome.mp3');
  });

  it('cuts the beginning of a long key, and escapes what a terminal would obey', () => {
    const key = encodeURIComponent(`prompts/${'long/'.repeat(30)}end\u001b[2J.mp3`);
    const [row] = tableOf([medium(`/audio?key=${key}&exp=1&sig=2`)]);
    expect(row).toContain('proxy …long/end\\u{1b}[2J.mp3 +27  200');
    expect(row?.length).toBeLessThanOrEqual(80);
  });

  const webhook: WebhookEvent = {
    kind: 'webhook',
    verb: 'Record action',
    method: 'POST',
    url: `${ORIGIN}/menu?at=menus.main.prompt`,
    status: 200,
    contentType: 'text/xml',
    failedAttempts: [],
    milliseconds: 5,
  };

  it.each<[string, Partial<WebhookEvent>, string, string[]]>([
    [
      'hung',
      { errorCode: 11205, failedAttempts: ['no answer within 5000 ms'] },
      'no answer within 5000 ms, error 11205',
      ['5003'],
    ],
    [
      'could not be reached',
      { errorCode: 11205, failedAttempts: ['no connection', 'no connection'] },
      '2 attempts: no connection, error 11205',
      ['5003'],
    ],
    [
      'failed in another way the second time',
      { errorCode: 11200, status: 503, failedAttempts: ['no connection', 'answered 503'] },
      '2 attempts: no connection, then answered 503, error 11200',
      ['503', '5003'],
    ],
    [
      'failed',
      { errorCode: 11200, status: 500, failedAttempts: ['answered 500'] },
      'error 11200',
      ['500', '5003'],
    ],
    [
      'answered after a while',
      { status: 200, failedAttempts: ['no connection within 1500 ms'] },
      'at attempt 2: no connection within 1500 ms',
      ['200', '5003'],
    ],
  ])('says of a webhook that %s why it took so long', (_, event, why, numbers) => {
    const slow = { ...webhook, status: undefined, contentType: undefined, milliseconds: 5003.4 };
    const [row = '', below] = tableOf([{ ...slow, ...event }]);
    expect(row.match(/(?<=\s)\d+(?=\s|$)/g)?.slice(1)).toEqual(numbers);
    expect(below?.trim()).toBe(why);
  });

  it('cuts the beginning of a long step id', () => {
    const at = 'menus.main.digits.8.next.otherwise.prompt';
    expect(tableOf([{ ...webhook, url: `${ORIGIN}/menu?at=${at}` }])).toEqual([
      '  1  Record action  /menu at ….next.otherwise.prompt  200     xml       5',
    ]);
  });

  it('has a red line that says silence below a medium that failed', () => {
    const refused = { status: 403, s3ErrorCode: 'SignatureDoesNotMatch', errorCode: 11200 };
    const lost = { status: undefined, contentType: undefined, errorCode: 11205 };
    const colors = createColors(true);
    expect(tableOf([medium('/audio?key=a', refused)], { colors })[1]).toBe(
      `${' '.repeat(20)}${colors.red('— silence — SignatureDoesNotMatch, error 11200')}`,
    );
    expect(tableOf([medium('/audio?key=a', lost)])[1]?.trim()).toBe(
      '— silence — no answer, error 11205',
    );
    expect(tableOf([medium('/audio?key=a', lost)], { onFailure: 'fallback' })[1]?.trim()).toBe(
      'no answer, error 11205',
    );
  });
});
