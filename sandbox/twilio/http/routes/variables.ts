import { type Request, Router } from 'express';
import * as v from 'valibot';
import type { Environment, Variable } from '../../state/records';
import type { State } from '../../state/state';
import { createVariable, deleteVariable, updateVariable } from '../../state/variables';
import { type Answer, created, deleted, endpoints, ok } from '../endpoint';
import { readForm } from '../form';
import { environmentOf, found, param, serviceOf } from '../lookup';
import { listPage } from '../page';
import { siteOf } from '../urls';
import { variableView } from '../views/environments';

const key = v.pipe(v.string(), v.nonEmpty());
const NewVariable = v.object({ Key: key, Value: v.string() });
const VariableChanges = v.object({ Key: v.optional(key), Value: v.optional(v.string()) });

/** https://www.twilio.com/docs/serverless/api/resource/variable */
export function variableRoutes(state: State): Router {
  const on = endpoints(state.settings);

  function open(request: Request) {
    const service = serviceOf(state, request);
    const environment = environmentOf(service, request);
    const site = siteOf(state.settings, request);
    const view = (variable: Variable) => variableView(site, service, environment, variable);
    return { environment, view };
  }

  const variableOf = (environment: Environment, request: Request): Variable =>
    found(request, environment.variables.get(param(request, 'variable')));

  function list(request: Request): Answer {
    const { environment, view } = open(request);
    const variables = environment.variables.values();
    return listPage(state.settings, request, 'variables', variables, view);
  }

  function create(request: Request): Answer {
    const { environment, view } = open(request);
    const { Key, Value } = readForm(NewVariable, request);
    return created(view(createVariable(state, environment, { key: Key, value: Value })));
  }

  function fetch(request: Request): Answer {
    const { environment, view } = open(request);
    return ok(view(variableOf(environment, request)));
  }

  function update(request: Request): Answer {
    const { environment, view } = open(request);
    const variable = variableOf(environment, request);
    const { Key = variable.key, Value = variable.value } = readForm(VariableChanges, request);
    updateVariable(state, environment, variable, { key: Key, value: Value });
    return ok(view(variable));
  }

  function remove(request: Request): Answer {
    const { environment } = open(request);
    deleteVariable(environment, variableOf(environment, request));
    return deleted;
  }

  const router = Router({ caseSensitive: true });
  const all = '/Services/:service/Environments/:environment/Variables';
  router.route(all).get(on(list)).post(on(create));
  router.route(`${all}/:variable`).get(on(fetch)).post(on(update)).delete(on(remove));
  return router;
}
