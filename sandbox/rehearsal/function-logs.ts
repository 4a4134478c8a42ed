import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestListener } from 'node:http';
import { format } from 'node:util';
import { pathOf } from '../edge/server';
import type { FunctionLine } from '../twilio';

export interface FunctionLogs {
  /** The same listener; what is written to the console while it runs becomes a log line. */
  capture(listener: RequestListener): RequestListener;
  /** Restores the console. */
  stop(): void;
}

const LEVELS = { log: 'INFO', info: 'INFO', warn: 'WARN', error: 'ERROR' } as const;
const METHODS = ['log', 'info', 'warn', 'error'] as const;

/**
 * Collects what Functions write to the console, by level, as Twilio does. What the rest of the process
 * writes still goes to the console.
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
