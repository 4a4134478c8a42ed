import { deployedVariables, planVariables, type Values, valuesOf } from '../deploy/variables';
import { both, check, type Finding, from, ok, warn } from './check';
import { envFile } from './configuration';
import { commandLine, environment, liveBuild } from './service';

/** Whether the deployed Functions have the variables of the file. */
export const onTwilio = check(
  'on Twilio',
  both(from(envFile), both(from(environment), from(liveBuild))),
  async ([{ file }, [{ sid, twilio }]], visit) => {
    const current = valuesOf(await twilio.variables(sid));
    const wanted = deployedVariables(file);
    return judgeDeployed(current, wanted, visit.options.env, commandLine('configure', visit));
  },
);

/**
 * Names those that differ, and never a value.
 *
 * @param current those of the environment
 * @param wanted those of the file
 * @param command that sets them
 */
function judgeDeployed(current: Values, wanted: Values, env: string, command: string): Finding {
  const names = Object.keys(wanted);
  const missing = names.filter((name) => !(name in current));
  const other = names.filter((name) => name in current && current[name] !== wanted[name]);
  const { remove } = planVariables(current, wanted, false);
  const differences = [
    other.length > 0 && `${other.join(', ')} with another value than in ${env}`,
    missing.length > 0 && `${missing.join(', ')} not at all`,
    remove.length > 0 && `${remove.join(', ')}, which ${env} does not set`,
  ].filter(Boolean);
  return differences.length === 0
    ? ok(`the deployment has the variables of ${env}`)
    : warn(`The deployment has ${differences.join('; ')}. Run: ${command}`);
}
