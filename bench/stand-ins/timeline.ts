/** One request, in milliseconds of one clock. */
export interface RecordedRequest {
  readonly to: 'S3' | 'Twilio';
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly start: number;
  readonly end: number;
}

/** One change of an object on its way to a caller. */
export interface Publication {
  /** All requests of the sync, until its Build was live. */
  readonly requests: readonly RecordedRequest[];
  readonly replacedAt: number;
  readonly liveAt: number;
  readonly heardAt: number;
}

/** Where the time from the change of an object to a caller goes, in milliseconds. */
export type Phases = Readonly<
  Record<'start' | 'look' | 'wait' | 'upload' | 'build' | 'deploy' | 'call' | 'total', number>
>;

/** A shorter time without a request is work of the sync's own, not waiting. */
const WAITING_MS = 250;

/**
 * Divides a publication by its requests:
 * - start: until the first request
 * - look: listings of S3 and what is live at Twilio, until the object is read
 * - wait: in that time, for the bucket to be quiet
 * - upload: from the object's bytes to its Asset version
 * - build: the manifest, the Build, and asking whether it is ready
 * - deploy: the request that makes it live
 * - call: until a caller gets the new bytes
 *
 * @throws {Error} where a phase has no request
 */
export function phasesOf({ requests, replacedAt, liveAt, heardAt }: Publication): Phases {
  const ordered = requests.toSorted((a, b) => a.start - b.start);
  const first = ordered[0];
  const reading = ordered.find(isReading);
  const uploads = ordered.filter(({ method, target }) => method === 'POST' && isOfAsset(target));
  const deployment = ordered.findLast(
    ({ method, target }) => method === 'POST' && /\/Deployments$/.test(target),
  );
  if (!first || !reading || uploads.length === 0 || !deployment) {
    throw new Error('the sync did not publish the object in the usual way');
  }
  const uploadedAt = Math.max(...uploads.map(({ end }) => end));
  const wait = idleMs(ordered.filter(({ start }) => start <= reading.start));
  return {
    start: first.start - replacedAt,
    look: reading.start - first.start - wait,
    wait,
    upload: uploadedAt - reading.start,
    build: deployment.start - uploadedAt,
    deploy: liveAt - deployment.start,
    call: heardAt - liveAt,
    total: heardAt - replacedAt,
  };
}

function isReading({ to, method, target }: RecordedRequest): boolean {
  return to === 'S3' && method === 'GET' && !/[?&]list-type=/.test(target);
}

function isOfAsset(target: string): boolean {
  return /\/Assets(?:$|\/)/.test(target);
}

/** The time without a request between these, where it is long. */
function idleMs(ordered: readonly RecordedRequest[]): number {
  let idle = 0;
  let busyUntil = Number.POSITIVE_INFINITY;
  for (const { start, end } of ordered) {
    if (start - busyUntil > WAITING_MS) idle += start - busyUntil;
    busyUntil = Math.max(busyUntil === Number.POSITIVE_INFINITY ? end : busyUntil, end);
  }
  return idle;
}
