import { relative } from 'node:path';
import colors from 'picocolors';
import { formatCount, oneLine } from '../../cli/format';
import type { Sandbox } from '../sandbox';
import { type Events, type Outcome, startEvents } from './index';

/**
 * Lets the sandbox's S3 call the deployed /sync at each change, and says when callers hear it.
 *
 * @returns undefined where the deployment has a bucket of its own, whose events go elsewhere
 */
export function connectEvents(
  { s3, publicOrigin, variables, envFile }: Sandbox,
  write: (text: string) => void,
): Events | undefined {
  const { S3_BUCKET: bucket, S3_PREFIX: prefix = '', ADMIN_SECRET: adminSecret } = variables;
  if (!s3 || bucket === undefined) return undefined;
  let delivered = 0;
  return startEvents({
    store: s3.store,
    bucket,
    prefix,
    syncUrl: new URL('/sync', publicOrigin).href,
    adminSecret,
    onOutcome({ key }, outcome, pending) {
      if (outcome.status === 'delivered') delivered += 1;
      else write(colors.red(deadLetterLines(key, outcome, relative(process.cwd(), envFile))));
      if (pending > 0 || delivered === 0) return;
      write(deliveredLine(delivered));
      delivered = 0;
    },
  });
}

export function deliveredLine(events: number): string {
  const sent = formatCount(events, 'event');
  return `\nS3 sent ${sent}, /sync answered 200: the next call hears the change.\n`;
}

export function deadLetterLines(key: string, { calls, answer }: Outcome, envFile: string): string {
  const last =
    answer.status === undefined ? `had no answer (${answer.problem})` : `answered ${answer.status}`;
  return `\nThe event of ${oneLine(key)} is a dead letter:
/sync ${last} at the last of ${formatCount(calls, 'call')}. See why:
  npm run sync -- --env ${envFile}\n`;
}
