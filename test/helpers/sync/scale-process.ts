/** A run in a process of its own, so that its memory is its own: reports how it ended and the peak. */
import { proxyAgent } from '../../../phone/request';
import { type LoopbackHosts, routeToLoopback } from '../../../sandbox/rehearsal/loopback';
import { systemClock } from '../../../src/clock';
import { resultOf } from '../../../src/result';
import { PromptBucket } from '../../../src/s3/prompts';
import { run } from '../../../src/sync/run';
import { Serverless } from '../../../src/twilio/serverless';
import { Transport } from '../../../src/twilio/transport';
import { RUN_OPTIONS } from './run-options';

export interface ScaleOrder {
  readonly s3: ConstructorParameters<typeof PromptBucket>[0];
  readonly twilio: Omit<ConstructorParameters<typeof Serverless>[0], 'transport'>;
  /** Where Twilio's host names lead; undefined where HTTP_PROXY leads there. */
  readonly hosts?: LoopbackHosts;
  readonly service: string;
  readonly environmentSid: string;
}

export interface ScaleReport {
  readonly status: string;
  readonly uploaded: number;
  /** Bytes in use beyond those before the run, at the peak. */
  readonly growth: number;
  /** The same for what the process has taken from the machine, garbage included. */
  readonly residentGrowth: number;
}

async function work({
  s3,
  twilio,
  hosts,
  service,
  environmentSid,
}: ScaleOrder): Promise<ScaleReport> {
  if (hosts) routeToLoopback(hosts);
  const clock = systemClock;
  const deadline = Date.now() + 200_000;
  const bucket = new PromptBucket(s3, { clock, deadline });
  const httpsAgent = proxyAgent('https://serverless.twilio.com');
  const transport = new Transport({ clock, deadline, httpsAgent });
  const steps = run({
    bucket,
    twilio: new Serverless({ ...twilio, transport }, service),
    environment: { sid: environmentSid },
    clock,
    deadline,
    concurrency: 8,
    ...RUN_OPTIONS,
  });
  const before = inUse();
  const residentBefore = process.memoryUsage.rss();
  let peak = before;
  let resident = residentBefore;
  const watch = setInterval(() => {
    resident = Math.max(resident, process.memoryUsage.rss());
    peak = Math.max(peak, inUse());
  }, 200);
  const { status, report } = await resultOf(steps);
  clearInterval(watch);
  bucket.close();
  return {
    status,
    uploaded: report.uploaded,
    growth: peak - before,
    residentGrowth: resident - residentBefore,
  };
}

/** Bytes that something still refers to: garbage, which Node collects when it likes, is not counted. */
function inUse(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

process.once('message', (order: ScaleOrder) => {
  work(order).then((report) => {
    process.send?.(report);
    process.disconnect();
  });
});
