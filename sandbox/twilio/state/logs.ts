import type { Environment, FunctionLog } from './records';
import { type State, stamp } from './state';

/** A line that a Function wrote to its console. */
export interface FunctionLine {
  readonly level: 'INFO' | 'WARN' | 'ERROR';
  readonly message: string;
  /** Path of the Function. */
  readonly path: string;
}

/**
 * Keeps a line with what was live when it was written.
 *
 * @param sidOrDomain of the environment; one that does not exist has nowhere to keep it
 */
export function addLog(state: State, sidOrDomain: string, line: FunctionLine): void {
  for (const service of state.services.values()) {
    for (const environment of service.environments.values()) {
      if (environment.sid !== sidOrDomain && environment.domainName !== sidOrDomain) continue;
      const log = toLog(state, environment, line);
      environment.logs.set(log.sid, log);
    }
  }
}

/** Logs of the environment between two times in epoch milliseconds, of one Function if it is named. */
export function logsOf(
  { logs }: Environment,
  { from, until, functionSid }: { from: number; until: number; functionSid: string | undefined },
): FunctionLog[] {
  return [...logs.values()].filter(
    (log) =>
      log.createdAt >= from &&
      log.createdAt <= until &&
      (functionSid === undefined || log.functionSid === functionSid),
  );
}

function toLog(
  state: State,
  { build, deployments }: Environment,
  { level, message, path }: FunctionLine,
): FunctionLog {
  const deployment = [...deployments.values()].at(-1);
  return {
    ...stamp(state, 'NO'),
    level,
    message,
    buildSid: build?.sid ?? null,
    deploymentSid: deployment?.sid ?? null,
    functionSid: build?.functions.find((version) => version.path === path)?.fileSid ?? null,
    requestSid: `RQ${state.settings.random(16).toString('hex')}`,
  };
}
