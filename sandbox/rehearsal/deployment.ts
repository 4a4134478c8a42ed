import { join } from 'node:path';
import { type CommandOptions, runProgram } from './command';
import { stageProject } from './project';
import type { Rehearsal } from './rehearsal';

type Account = Pick<
  Rehearsal,
  'accountSid' | 'authToken' | 'directory' | 'environment' | 'variables'
>;

/** The project on its way to a Twilio: the commands that a developer would type. */
export interface Deployment {
  /** The folder that they are typed in. */
  readonly directory: string;
  /** Runs the toolkit's command line, unmodified, such as `npx twilio-run deploy`. */
  twilioRun(...args: readonly string[]): Promise<string>;
  /** Runs one of ours, such as `npm run sync`. */
  run(verb: string, ...args: readonly string[]): Promise<string>;
}

const projectDirectory = join(__dirname, '..', '..');

/**
 * Prepares a deployment of the project as it is built now.
 *
 * @param watch told what the commands write, and ends them
 */
export function prepareDeployment(
  { accountSid, authToken, directory, environment, variables }: Account,
  watch: Pick<CommandOptions, 'onOutput' | 'signal'> = {},
): Deployment {
  const account = { ACCOUNT_SID: accountSid, AUTH_TOKEN: authToken };
  const cwd = stageProject(projectDirectory, directory, { ...variables, ...account });
  const start = (name: string, args: readonly string[]) =>
    runProgram(name, args, { cwd, environment, ...watch });
  return {
    directory: cwd,
    twilioRun: (...args) =>
      start('twilio-run', [require.resolve('twilio-run/bin/twilio-run.js'), ...args]),
    run: (verb, ...args) => {
      const program = join(projectDirectory, 'cli', `${verb}.ts`);
      const tsx = ['--require', require.resolve('tsx/cjs')];
      return start(verb, [...tsx, program, ...args]);
    },
  };
}
