import { conflict, contextTooLarge, invalid } from '../errors';
import type { Environment, Variable } from './records';
import { type State, stamp } from './state';

interface Pair {
  readonly key: string;
  readonly value: string;
}

/** Throws 400 over a size limit, 409 if the key is taken. */
export function createVariable(state: State, environment: Environment, input: Pair): Variable {
  check(state, [...environment.variables.values()], input);
  const identity = stamp(state, 'ZV');
  const variable: Variable = { ...identity, ...input, updatedAt: identity.createdAt };
  environment.variables.set(variable.sid, variable);
  environment.hosted = undefined;
  return variable;
}

/** Throws 400 over a size limit, 409 if another variable has the key. */
export function updateVariable(
  state: State,
  environment: Environment,
  variable: Variable,
  changes: Partial<Pair>,
): void {
  const changed = { key: variable.key, value: variable.value, ...changes };
  const others = [...environment.variables.values()].filter((other) => other !== variable);
  check(state, others, changed);
  Object.assign(variable, changed);
  variable.updatedAt = state.settings.now();
  environment.hosted = undefined;
}

export function deleteVariable(environment: Environment, variable: Variable): void {
  environment.variables.delete(variable.sid);
  environment.hosted = undefined;
}

/** The variables as a Function's context carries them. */
export function variablesOf(variables: Iterable<Pair>): Record<string, string> {
  return Object.fromEntries(Array.from(variables, ({ key, value }) => [key, value]));
}

function check({ settings: { limits } }: State, others: readonly Pair[], added: Pair): void {
  if (added.key.length > limits.variableKeyCharacters) {
    throw invalid(`Key must be at most ${limits.variableKeyCharacters} characters long.`);
  }
  if (Buffer.byteLength(added.value) > limits.variableValueBytes) {
    throw invalid(`Value must be at most ${limits.variableValueBytes} bytes in size.`);
  }
  if (others.some(({ key }) => key === added.key)) {
    throw conflict('Variable with this Key already exists.');
  }
  const context = JSON.stringify(variablesOf([...others, added]));
  if (Buffer.byteLength(context) > limits.variablesBytes) {
    throw contextTooLarge(
      `Environment Context too large: all variables together may have ${limits.variablesBytes} bytes.`,
    );
  }
}
