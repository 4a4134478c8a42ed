import { type Request, Router } from 'express';
import * as v from 'valibot';
import { VARIABLE_KEY_CHARACTERS, VARIABLE_VALUE_BYTES, VARIABLES_BYTES } from '../../src/limits';
import { type Environment, environmentOf, environmentUrl } from './environments';
import { conflict, contextTooLarge, invalid } from './errors';
import { readForm } from './forms';
import { created, dates, deleted, endpoint, found, identity, ok, param } from './http';
import { listPage } from './paging';
import { serviceOf } from './services';
import { type State, stamp, type UpdatableResource } from './state';

interface KeyAndValue {
  readonly key: string;
  readonly value: string;
}

export interface Variable extends UpdatableResource {
  key: string;
  value: string;
}

const key = v.pipe(v.string(), v.nonEmpty());
const newVariable = v.object({ Key: key, Value: v.string() });
const variableChanges = v.object({ Key: v.optional(key), Value: v.optional(v.string()) });

/** https://www.twilio.com/docs/serverless/api/resource/variable */
export function variableRoutes(state: State): Router {
  const open = (request: Request) => {
    const service = serviceOf(state, request);
    const environment = environmentOf(service, request);
    const url = environmentUrl(request, service, environment);
    const view = (variable: Variable) => ({
      ...identity(variable),
      service_sid: service.sid,
      environment_sid: environment.sid,
      key: variable.key,
      value: variable.value,
      ...dates(variable),
      url: `${url}/Variables/${variable.sid}`,
    });
    return { environment, view };
  };
  const variableOf = ({ variables }: Environment, request: Request) =>
    found(request, variables.get(param(request, 'variable')));

  const router = Router({ caseSensitive: true });
  const all = '/Services/:service/Environments/:environment/Variables';
  const one = `${all}/:variable`;
  router.get(
    all,
    endpoint((request) => {
      const { environment, view } = open(request);
      return listPage(state, request, environment.variables.values(), { key: 'variables', view });
    }),
  );
  router.post(
    all,
    endpoint((request) => {
      const { environment, view } = open(request);
      const { Key, Value } = readForm(newVariable, request);
      return created(view(createVariable(state, environment, { key: Key, value: Value })));
    }),
  );
  router.post(
    one,
    endpoint((request) => {
      const { environment, view } = open(request);
      const variable = variableOf(environment, request);
      const { Key = variable.key, Value = variable.value } = readForm(variableChanges, request);
      updateVariable(state, environment, variable, { key: Key, value: Value });
      return ok(view(variable));
    }),
  );
  router.delete(
    one,
    endpoint((request) => {
      const { environment } = open(request);
      environment.variables.delete(variableOf(environment, request).sid);
      environment.hosted = undefined;
      return deleted;
    }),
  );
  return router;
}

function createVariable(state: State, environment: Environment, added: KeyAndValue): Variable {
  check([...environment.variables.values()], added);
  const identified = stamp(state, 'ZV');
  const variable: Variable = { ...identified, ...added, updatedAt: identified.createdAt };
  environment.variables.set(variable.sid, variable);
  environment.hosted = undefined;
  return variable;
}

function updateVariable(
  state: State,
  environment: Environment,
  variable: Variable,
  changed: KeyAndValue,
): void {
  const others = [...environment.variables.values()].filter((other) => other !== variable);
  check(others, changed);
  Object.assign(variable, changed);
  variable.updatedAt = state.settings.now();
  environment.hosted = undefined;
}

/** The variables as a Function's context carries them. */
export function variablesOf(variables: Iterable<KeyAndValue>): Record<string, string> {
  return Object.fromEntries(Array.from(variables, ({ key, value }) => [key, value]));
}

/** @throws {ApiError} 400 over a size limit, 409 if another variable has the key */
function check(others: readonly KeyAndValue[], added: KeyAndValue): void {
  if (added.key.length > VARIABLE_KEY_CHARACTERS) {
    throw invalid(`Key must be at most ${VARIABLE_KEY_CHARACTERS} characters long.`);
  }
  if (Buffer.byteLength(added.value) > VARIABLE_VALUE_BYTES) {
    throw invalid(`Value must be at most ${VARIABLE_VALUE_BYTES} bytes in size.`);
  }
  if (others.some(({ key }) => key === added.key)) {
    throw conflict('Variable with this Key already exists.');
  }
  const context = JSON.stringify(variablesOf([...others, added]));
  if (Buffer.byteLength(context) > VARIABLES_BYTES) {
    throw contextTooLarge(
      `Environment Context too large: all variables together may have ${VARIABLES_BYTES} bytes.`,
    );
  }
}
