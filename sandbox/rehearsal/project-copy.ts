import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_DIRECTORY } from '../../cli/project';
import { PlayError } from '../../src/errors';
import { DOMAIN_NAME, type Rehearsal } from './rehearsal';
import { type ProgramOptions, runShell } from './staged-project';

type RehearsedAccount = Pick<
  Rehearsal,
  'accountSid' | 'authToken' | 'authorityFile' | 'directory' | 'environment' | 'variables'
> & { readonly internet: Pick<Rehearsal['internet'], 'port'> };

/** The project as a new user has it after `git clone` and `npm ci`. */
export interface ProjectCopy {
  readonly directory: string;
  /** Runs a line in a shell whose programs, npm and curl too, find Twilio in this rehearsal. */
  shell(line: string): Promise<string>;
  /** Fills in variables in .env, as with an editor; by default the account and those of its bucket. */
  fillIn(variables?: Readonly<Record<string, string>>): void;
}

/**
 * Copies what git has of the project, or would take, as it is now. What was built, and variables, stay
 * behind. It uses the packages of the project.
 *
 * @param watch gets what the commands write, and ends them
 */
export function copyProject(
  rehearsal: RehearsedAccount,
  watch: Pick<ProgramOptions, 'onOutput' | 'signal'> = {},
): ProjectCopy {
  const directory = join(rehearsal.directory, 'copy');
  for (const file of listFiles()) {
    const original = join(PROJECT_DIRECTORY, file);
    // git lists a file that was deleted, until that is committed.
    if (existsSync(original)) cpSync(original, join(directory, file));
  }
  symlinkSync(join(PROJECT_DIRECTORY, 'node_modules'), join(directory, 'node_modules'));
  // curl reads where hosts are from the home folder.
  const curl = [
    `connect-to = "${DOMAIN_NAME}:443:127.0.0.1:${rehearsal.internet.port}"`,
    `cacert = "${rehearsal.authorityFile}"`,
  ];
  writeFileSync(join(rehearsal.directory, '.curlrc'), `${curl.join('\n')}\n`);
  const { accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN } = rehearsal;
  const ownVariables = { ...rehearsal.variables, ACCOUNT_SID, AUTH_TOKEN };
  const environment = { ...rehearsal.environment, HOME: rehearsal.directory };
  return {
    directory,
    shell: (line) => runShell(line, { cwd: directory, environment, ...watch }),
    fillIn(variables = ownVariables) {
      const file = join(directory, '.env');
      const lines = readFileSync(file, 'utf8').split('\n');
      for (const [name, value] of Object.entries(variables)) {
        const index = lines.findIndex((line) => line.startsWith(`${name}=`));
        if (index < 0) throw new PlayError(`${file} has no line for ${name}.`);
        lines[index] = `${name}=${value}`;
      }
      writeFileSync(file, lines.join('\n'));
    },
  };
}

function listFiles(): string[] {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  try {
    const listed = execFileSync('git', list, { cwd: PROJECT_DIRECTORY, encoding: 'utf8' });
    return listed.split('\0').filter((file) => file !== '');
  } catch (cause) {
    throw new PlayError(
      `Asking git for the files of ${PROJECT_DIRECTORY} failed: a copy needs a clone, and git.`,
      { cause },
    );
  }
}
