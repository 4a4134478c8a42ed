import VoiceResponse from 'twilio/lib/twiml/VoiceResponse';
import { type CallEvent, type CallOptions, call, type MediaEvent, playTwiml } from '../phone';
import { readConfig } from '../src/config';
import { accessTo } from '../src/credentials/installed';
import { presignedUrl } from '../src/s3/presign';
import type { Sandbox } from './sandbox';
import { PREFIX } from './variables';

/** One media request of a call, as the request inspector of the bug report shows it. */
export interface Row {
  readonly verb: MediaEvent['verb'];
  /** What the URL is. */
  readonly plays: 'presigned URL' | 'Asset' | 'proxy';
  readonly step: MediaEvent;
}

/** The sandbox's phone number. */
export const NUMBER = '+815012345678';
const CALLER = '+819012345678';
/** Seconds. */
const DAY = 24 * 60 * 60;

function phone({ variables, publicOrigin }: Sandbox, digits: readonly string[]): CallOptions {
  return {
    voiceUrl: `${publicOrigin}/voice`,
    accountSid: variables.ACCOUNT_SID,
    authToken: variables.AUTH_TOKEN,
    from: CALLER,
    to: NUMBER,
    append: 'gather',
    digits,
  };
}

/** Media steps of a call to the number, in the order in which the caller hears them. */
export async function callNumber(
  sandbox: Sandbox,
  digits: readonly string[],
): Promise<MediaEvent[]> {
  return media(call(phone(sandbox, digits)));
}

/**
 * The TwiML that this project replaces: a presigned URL, once in <Play> and once in <Gather>.
 */
export async function callWithPresignedUrl(sandbox: Sandbox, now: Date): Promise<MediaEvent[]> {
  const s3 = await accessTo(readConfig(sandbox.variables).s3);
  const url = presignedUrl(s3, `${PREFIX}menu.mp3`, now, DAY);
  const response = new VoiceResponse();
  response.play(url);
  response.gather({ numDigits: 1, timeout: 1 }).play(url);
  return media(playTwiml(response.toString(), phone(sandbox, [])));
}

async function media(steps: AsyncGenerator<CallEvent, unknown>): Promise<MediaEvent[]> {
  const found: MediaEvent[] = [];
  for await (const step of steps) if (step.kind === 'media') found.push(step);
  return found;
}

/** How a media URL of ours is served. */
export function servedBy({ url }: MediaEvent): Row['plays'] {
  const { pathname } = new URL(url);
  if (pathname === '/audio') return 'proxy';
  return pathname.startsWith('/audio/') ? 'Asset' : 'presigned URL';
}

/** The four rows of the bug report; those are missing that a call did not come to. */
export function inspect(
  presigned: readonly MediaEvent[],
  synced: readonly MediaEvent[],
  unsynced: readonly MediaEvent[],
): readonly Row[] {
  return [
    ...rows(presigned, 'Play'),
    ...rows(presigned, 'Gather › Play'),
    ...rows(synced, 'Gather › Play'),
    ...rows(unsynced, 'Gather › Play'),
  ];
}

/** What protected Assets mean for a caller: a media request with a signature, and one without. */
export function inspectProtected(
  signed: readonly MediaEvent[],
  unsigned: readonly MediaEvent[],
): readonly Row[] {
  return [...rows(signed, 'Gather › Play'), ...rows(unsigned, 'Gather › Play')];
}

/** The first medium of this verb, if there is one. */
function rows(steps: readonly MediaEvent[], verb: MediaEvent['verb']): Row[] {
  const step = steps.find((candidate) => candidate.verb === verb);
  return step ? [{ verb, plays: servedBy(step), step }] : [];
}

const EXPECTED = [
  ['presigned URL', 200],
  ['presigned URL', 403],
  ['Asset', 200],
  ['proxy', 200],
] as const;

/** Whether the rows tell the story that they should. */
export function isAsExpected(rows: readonly Row[]): boolean {
  return EXPECTED.every(
    ([plays, status], index) => rows[index]?.plays === plays && rows[index]?.step.status === status,
  );
}
