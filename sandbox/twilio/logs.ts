import { Router } from 'express';
import * as v from 'valibot';
import { environmentOf, environmentUrl, findEnvironment } from './environments';
import { readQuery, sid } from './forms';
import { endpoint, identity, iso8601 } from './http';
import { listPage } from './paging';
import { serviceOf } from './services';
import { newSid, type Resource, type State, stamp } from './state';

/** A line that a Function wrote to its console. */
export interface FunctionLine {
  readonly level: 'INFO' | 'WARN' | 'ERROR';
  readonly message: string;
  /** Path of the Function. */
  readonly path: string;
}

/** A line with what was live when it was written. */
export interface FunctionLog extends Resource, Omit<FunctionLine, 'path'> {
  readonly buildSid: string | null;
  readonly deploymentSid: string | null;
  readonly functionSid: string | null;
  readonly requestSid: string;
}

const time = v.pipe(
  v.string(),
  v.transform((text) => Date.parse(text)),
  v.number('must be a date and time in ISO 8601'),
);
const logsQuery = v.object({
  FunctionSid: v.optional(sid('ZH')),
  StartDate: v.optional(time),
  EndDate: v.optional(time),
});

/** How far back a list goes unless asked: https://www.twilio.com/docs/serverless/api/resource/logs */
const DEFAULT_PERIOD_MS = 24 * 60 * 60 * 1000;

/** https://www.twilio.com/docs/serverless/api/resource/logs */
export function logRoutes(state: State): Router {
  const router = Router({ caseSensitive: true });
  router.get(
    '/Services/:service/Environments/:environment/Logs',
    endpoint((request) => {
      const service = serviceOf(state, request);
      const environment = environmentOf(service, request);
      const url = environmentUrl(request, service, environment);
      const now = state.settings.now();
      const query = readQuery(logsQuery, request);
      const { FunctionSid, StartDate = now - DEFAULT_PERIOD_MS, EndDate = now } = query;
      const logs = [...environment.logs.values()].filter(
        ({ createdAt, functionSid }) =>
          createdAt >= StartDate &&
          createdAt <= EndDate &&
          (FunctionSid === undefined || functionSid === FunctionSid),
      );
      return listPage(state, request, logs, {
        key: 'logs',
        view: (log) => ({
          ...identity(log),
          service_sid: service.sid,
          environment_sid: environment.sid,
          build_sid: log.buildSid,
          deployment_sid: log.deploymentSid,
          function_sid: log.functionSid,
          request_sid: log.requestSid,
          level: log.level,
          message: log.message,
          date_created: iso8601(log.createdAt),
          url: `${url}/Logs/${log.sid}`,
        }),
      });
    }),
  );
  return router;
}

/**
 * Keeps a line with what was live when it was written.
 *
 * @param sidOrDomain of the environment; one that does not exist has nowhere to keep it
 */
export function addLog(state: State, sidOrDomain: string, line: FunctionLine): void {
  const environment = findEnvironment(state, sidOrDomain)?.environment;
  if (!environment) return;
  const { build, deployments, logs } = environment;
  const deployment = [...deployments.values()].at(-1);
  const log: FunctionLog = {
    ...stamp(state, 'NO'),
    level: line.level,
    message: line.message,
    buildSid: build?.sid ?? null,
    deploymentSid: deployment?.sid ?? null,
    functionSid: build?.functions.find(({ path }) => path === line.path)?.fileSid ?? null,
    requestSid: newSid('RQ'),
  };
  logs.set(log.sid, log);
}
