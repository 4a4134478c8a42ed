import { existsSync } from 'node:fs';
import { ignoredVariables, readConfig, type Variables } from '../../src/config';
import { VARIABLE_VALUE_BYTES, VARIABLES_BYTES } from '../../src/limits';
import { keyWarnings, readCallFlow } from '../call-flow';
import { IGNORED } from '../deploy/prepare';
import { deployedVariables, sizeOf, tooLongIn, type Values } from '../deploy/variables';
import { formatCount } from '../format';
import { ENV_FILE, readEnvFile } from '../variables';
import { check, type Finding, fail, from, nothing, ok, type Result, warn } from './check';

/** Checks of what stands in this folder. */

export interface ReadVariables {
  /** Those of the file. */
  readonly file: Values;
  /** Those of the file, overridden by those of the shell: what every verb but `deploy` uses. */
  readonly all: Variables;
}

export const envFile = check('variables', nothing, (_, { options: { env }, shell }) => {
  const isThere = env !== ENV_FILE || existsSync(env);
  return judgeVariables({ env, isThere, file: readEnvFile(env), shell });
});

/** @param facts `isThere`: whether there is a file; `file` and `shell`: their variables */
export function judgeVariables({
  env,
  isThere,
  file,
  shell,
}: {
  readonly env: string;
  readonly isThere: boolean;
  readonly file: Values;
  readonly shell: Variables;
}): Result<ReadVariables> {
  const read = { file, all: { ...file, ...shell } };
  if (!isThere) {
    return warn(
      `There is no file ${env}: only the shell's variables count. Run: cp .env.example .env`,
      read,
    );
  }
  const overridden = Object.keys(file).filter(
    (name) => shell[name] !== undefined && shell[name] !== file[name],
  );
  if (overridden.length > 0) {
    return warn(
      `The shell has other values than ${env} for ${overridden.join(', ')}: deploy and configure take the file's, all other commands the shell's. Unset them in the shell.`,
      read,
    );
  }
  const count = formatCount(Object.keys(file).length, 'variable');
  return ok(`${env}: ${count}, read as Twilio's deployer reads them`, read);
}

export const configuration = check('configuration', from(envFile), ({ all }, { options }) => {
  const config = readConfig(all, `Set them in ${options.env}; .env.example describes each.`);
  const ignored = ignoredVariables(all);
  const { bucket, prefix, endpoint = 'AWS', region } = config.s3;
  return ignored.length > 0
    ? warn(ignored.map((name) => IGNORED[name]).join('\n'), config)
    : ok(`bucket ${bucket}${prefix && `, ${prefix}`}, ${endpoint}, ${region}`, config);
});

export const variableSizes = check('variable sizes', from(envFile), ({ file }) =>
  judgeSizes(deployedVariables(file)),
);

/** Twilio refuses a value that is too long, and all where they are too large together. */
export function judgeSizes(variables: Values): Finding {
  const tooLong = tooLongIn(variables);
  if (tooLong.length > 0) {
    const names = tooLong.map(({ name, bytes }) => `${name} has ${bytes}`).join(', ');
    return fail(
      `A variable of Twilio's has ${VARIABLE_VALUE_BYTES} bytes at most: ${names}. Shorten it.`,
    );
  }
  const bytes = sizeOf(variables);
  if (bytes <= VARIABLES_BYTES) {
    return ok(
      `${bytes} of ${VARIABLES_BYTES} bytes in all, each of ${VARIABLE_VALUE_BYTES} at most`,
    );
  }
  return fail(
    `All variables together have ${bytes} bytes, and Twilio takes ${VARIABLES_BYTES}. Leave out those that have their default value.`,
  );
}

export const callFlow = check('call flow', nothing, () => {
  const flow = readCallFlow();
  const warnings = keyWarnings(flow);
  const menus = formatCount(Object.keys(flow.menus).length, 'menu');
  return warnings.length > 0 ? warn(warnings.join('\n'), flow) : ok(menus, flow);
});
