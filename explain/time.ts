import { CLOCK_SKEW_MS } from '../src/limits';
import { type Claims, expiryOf } from './claims';
import type { Refusal } from './types';

/**
 * Too early or too late, by the requested URL's own claims.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export function outOfTime(claims: Claims, now: Date | undefined): Refusal | undefined {
  const { signedAt } = claims;
  const expiry = expiryOf(claims);
  if (!now || !signedAt || !expiry) return undefined;
  const ahead = signedAt.getTime() - now.getTime();
  if (ahead > CLOCK_SKEW_MS) {
    return denied(
      `it is not valid yet: X-Amz-Date is ${duration(ahead)} in the future, and S3 allows clocks to differ by 15 min`,
      'The clock of the machine that signed is ahead, or that of this machine is behind: set both by NTP.',
    );
  }
  const past = now.getTime() - expiry.getTime();
  if (past <= 0) return undefined;
  return denied(
    `it expired ${duration(past)} ago, at ${second(expiry)}, after a life of ${duration(expiry.getTime() - signedAt.getTime())}`,
    'Presign shortly before use, or play what does not expire: an Asset.',
  );
}

function denied(because: string, advice: string): Refusal {
  return { status: 403, code: 'AccessDenied', because, advice: [advice] };
}

/** A date that is ahead of the clock, but not so far that S3 refuses it. */
export function skewNote({ signedAt }: Claims, now: Date | undefined): string | undefined {
  const ahead = signedAt && now ? signedAt.getTime() - now.getTime() : 0;
  if (ahead <= 0 || ahead > CLOCK_SKEW_MS) return undefined;
  return `X-Amz-Date is ${duration(ahead)} in the future: the signer's clock is ahead. S3 allows 15 min.`;
}

/** Milliseconds in the two largest units that say something: `3 d 2 h`, `4 min`, `12 s`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const units: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = units.findIndex(([count]) => count > 0);
  if (first < 0) return '0 s';
  return units
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** `2013-05-24 00:00:00 UTC` */
export function second(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
