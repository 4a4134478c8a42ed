/** The deployed /sync, as it is built, in a process of its own; reports the most memory that it took. */
import { createRequire } from 'node:module';
import { type LoopbackHosts, routeToLoopback } from '../../../sandbox/rehearsal/loopback';
import { setTwilioGlobals, type TwilioResponse } from '../twilio-globals';

export interface DeployedOrder {
  /** The built Function. */
  readonly file: string;
  readonly hosts: LoopbackHosts;
  readonly context: Record<string, string>;
}

export interface DeployedReport {
  /** Of the answers, in turn. */
  readonly statuses: readonly number[];
  readonly last: unknown;
  /** Bytes of the whole process, at the peak. */
  readonly resident: number;
}

type Handler = (
  context: object,
  event: object,
  callback: (error: null, response: TwilioResponse) => void,
) => void;

async function work({ file, hosts, context }: DeployedOrder): Promise<DeployedReport> {
  routeToLoopback(hosts);
  setTwilioGlobals();
  const { handler }: { handler: Handler } = createRequire(file)(file);
  const headers = { authorization: `Bearer ${context.ADMIN_SECRET}` };
  const statuses: number[] = [];
  let resident = 0;
  const watch = setInterval(() => {
    resident = Math.max(resident, process.memoryUsage.rss());
  }, 5);
  for (;;) {
    const { status, body } = await new Promise<TwilioResponse>((resolve) =>
      handler(context, { request: { headers, cookies: Object.create(null) } }, (_, response) =>
        resolve(response),
      ),
    );
    statuses.push(status);
    if (status === 503 && statuses.length < 50) continue;
    clearInterval(watch);
    return { statuses, last: body, resident };
  }
}

process.once('message', (order: DeployedOrder) => {
  work(order).then((report) => {
    process.send?.(report);
    process.disconnect();
  });
});
