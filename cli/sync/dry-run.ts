import { existsSync, readFileSync } from 'node:fs';
import { CALL_FLOW_FILE } from '../../src/call-flow/files';
import { resultOf } from '../../src/result';
import { DEFAULTS, type SyncEvent, type SyncOutcome, sync } from '../../src/sync';
import type { Target } from '../../src/twilio/environments';
import { connectionsOf, type DeploymentVariables } from '../account';
import { formatCount } from '../format';
import { notLiveLine } from './messages';

/** What a sync would do. */
export interface DryRun {
  readonly planned: Extract<SyncEvent, { type: 'planned' }> | undefined;
  /** Set where prompts are uploaded, but not live. */
  readonly notLive: Extract<SyncEvent, { type: 'not live' }> | undefined;
  /** Keys of the prompts to upload. */
  readonly uploads: readonly string[];
  readonly outcome: SyncOutcome;
}

/**
 * Finds out what a sync would do, for commands other than `sync`. It changes nothing.
 *
 * @throws {GuardError} when the listing looks wrong
 * @throws {PlayError} when S3 or Twilio refuses
 */
export async function dryRun(found: DeploymentVariables, target: Target): Promise<DryRun> {
  let planned: DryRun['planned'];
  let notLive: DryRun['notLive'];
  const uploads: string[] = [];
  const settings = { ...DEFAULTS, ...connectionsOf(found), dryRun: true, flow: callFlowText() };
  const outcome = await resultOf(sync(found.config, target, settings), (event) => {
    if (event.type === 'planned') planned = event;
    if (event.type === 'not live') notLive = event;
    if (event.type === 'intended' && event.step === 'upload') uploads.push(event.what);
  });
  return { planned, notLive, uploads, outcome };
}

/** The call flow of this folder, as a sync reads it. */
export function callFlowText(): string {
  return existsSync(CALL_FLOW_FILE) ? readFileSync(CALL_FLOW_FILE, 'utf8') : DEFAULTS.flow;
}

/** How many keys are named. */
const EXAMPLES = 3;

/** How Assets and S3 differ, as an unfinished sentence; undefined where they are equal. */
export function differenceOf({
  planned,
  notLive,
  uploads,
}: Omit<DryRun, 'outcome'>): string | undefined {
  if (notLive) return notLiveLine(notLive);
  const { upload = 0, retire = 0, build = false } = planned ?? {};
  const more = uploads.length > EXAMPLES ? ', …' : '';
  const keys = uploads.slice(0, EXAMPLES).join(', ') + more;
  const differences = [
    upload > 0 && `${formatCount(upload, 'prompt')} to upload (${keys})`,
    retire > 0 && `${formatCount(retire, 'old version')} to remove`,
    build && upload === 0 && retire === 0 && 'a new Build to publish',
  ].filter(Boolean);
  return differences.length > 0 ? `They differ: ${differences.join(', ')}` : undefined;
}
