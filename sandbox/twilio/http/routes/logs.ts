import { type Request, Router } from 'express';
import * as v from 'valibot';
import { invalid } from '../../errors';
import { logsOf } from '../../state/logs';
import type { FunctionLog } from '../../state/records';
import type { State } from '../../state/state';
import { type Answer, endpoints, ok } from '../endpoint';
import { sid } from '../form';
import { environmentOf, found, param, serviceOf } from '../lookup';
import { listPage } from '../page';
import { siteOf } from '../urls';
import { logView } from '../views/logs';

const DAY = 24 * 60 * 60 * 1000;

const time = v.pipe(
  v.string(),
  v.transform((text) => Date.parse(text)),
  v.number('must be a date and time in ISO 8601'),
);
const Query = v.object({
  FunctionSid: v.optional(sid('ZH')),
  StartDate: v.optional(time),
  EndDate: v.optional(time),
});

/** https://www.twilio.com/docs/serverless/api/resource/logs */
export function logRoutes(state: State): Router {
  const on = endpoints(state.settings);

  function open(request: Request) {
    const service = serviceOf(state, request);
    const environment = environmentOf(service, request);
    const site = siteOf(state.settings, request);
    const view = (log: FunctionLog) => logView(site, service, environment, log);
    return { environment, view };
  }

  function list(request: Request): Answer {
    const { environment, view } = open(request);
    const now = state.settings.now();
    const { FunctionSid, StartDate = now - DAY, EndDate = now } = readQuery(request);
    const wanted = { from: StartDate, until: EndDate, functionSid: FunctionSid };
    return listPage(state.settings, request, 'logs', logsOf(environment, wanted), view);
  }

  function fetch(request: Request): Answer {
    const { environment, view } = open(request);
    return ok(view(found(request, environment.logs.get(param(request, 'log')))));
  }

  const router = Router({ caseSensitive: true });
  const all = '/Services/:service/Environments/:environment/Logs';
  router.get(all, on(list));
  router.get(`${all}/:log`, on(fetch));
  return router;
}

function readQuery({ query }: Request): v.InferOutput<typeof Query> {
  const { success, output, issues } = v.safeParse(Query, query);
  if (success) return output;
  throw invalid(`${v.getDotPath(issues[0])} is invalid: ${issues[0].message}`);
}
