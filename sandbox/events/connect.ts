import colors from 'picocolors';
import { formatCount } from '../../cli/format';
import type { Sandbox } from '../sandbox';
import { type Events, type Outcome, startEvents } from './index';

/**
 * Lets the sandbox's S3 call the deployed /sync at each change, and says when callers hear it.
 *
 * @returns undefined where the deployment has a bucket of its own, whose events go elsewhere
 */
export function connectEvents(
  { s3, publicOrigin, variables }: Pick<Sandbox, 's3' | 'publicOrigin' | 'variables'>,
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
    onOutcome(change, outcome, pending) {
      if (outcome.status === 'dead letter')
        write(`\n${colors.red(deadLetterLine(change.key, outcome))}\n`);
      else delivered += 1;
      if (pending > 0 || delivered === 0) return;
      write(`\n${deliveredLine(delivered)}\n`);
      delivered = 0;
    },
  });
}

function deliveredLine(changes: number): string {
  return `S3 sent ${formatCount(changes, 'event')}, and /sync has answered 200: the next call hears the change.`;
}

function deadLetterLine(key: string, { calls, answer }: Outcome): string {
  const last =
    answer.status === undefined ? `had no answer (${answer.problem})` : `answered ${answer.status}`;
  return `The event of ${key} is a dead letter after ${formatCount(calls, 'call')}: /sync ${last}. Sync by hand: npm run sync`;
}
