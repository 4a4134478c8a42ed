import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestListener } from 'node:http';
import { format } from 'node:util';
import { pathOf } from '../edge/routing';
import type { FunctionLine } from '../twilio';

export interface FunctionLogs {
  /** The same listener, with what is written while it answers taken away from the console. */
  capture(listener: RequestListener): RequestListener;
  /** Gives the console back. */
  stop(): void;
}

const LEVELS = { log: 'INFO', info: 'INFO', warn: 'WARN', error: 'ERROR' } as const;
const METHODS = ['log', 'info', 'warn', 'error'] as const;

/**
 * Tells apart, in one process, what Functions write to the console from what the sandbox writes:
 * Twilio collects the former by level.
 * https://www.twilio.com/docs/serverless/api/resource/logs
 */
export function startFunctionLogs(onLine: (line: FunctionLine) => void): FunctionLogs {
  const requests = new AsyncLocalStorage<string>();
  const originals = METHODS.map((method) => [method, console[method]] as const);
  for (const [method, original] of originals) {
    console[method] = (...parts: unknown[]) => {
      const path = requests.getStore();
      if (path === undefined) original.apply(console, parts);
      else onLine({ level: LEVELS[method], message: format(...parts), path });
    };
  }
  return {
    capture: (listener) => (request, response) =>
      requests.run(pathOf(request.url ?? ''), () => listener(request, response)),
    stop() {
      for (const [method, original] of originals) console[method] = original;
    },
  };
}
