import { once } from 'node:events';
import { relative } from 'node:path';
import { Command } from 'commander';
import colors from 'picocolors';
import type { CommandContext } from '../../cli/command-context';
import { plainTable } from '../../cli/format';
import { type ExitStatus, parseArguments, startCommand } from '../../cli/run-command';
import type { CallFlow } from '../../src/call-flow/schema';
import { readConfig } from '../../src/config';
import { promptWarnings, readCallFlow } from '../call-flow';
import { inspectProtected, servedBy } from '../inspector';
import { inspectorTable } from '../screen';
import { DOMAIN_NAME, type Rehearsal, startRehearsal } from './rehearsal';
import { deployAndSyncTwice, isAsExpected, listenToCall, STEPS, type Stage } from './scenario';
import { type StagedProject, stageProject } from './staged-project';

interface Options {
  readonly protected?: true;
  readonly throughProxy?: true;
  readonly stay?: true;
  readonly quiet?: true;
}

function readOptions(args: readonly string[], context: CommandContext): Options {
  const command = new Command('npm run sandbox:deploy --')
    .description(
      'Rehearse a deploy: the real deployer, unmodified, against a Twilio on this machine, by HTTPS.',
    )
    .option('--protected', 'make the prompts protected Assets, and sign media requests')
    .option('--through-proxy', "reach Twilio through a proxy, as in a company's network")
    .option('--stay', 'stay up after the rehearsal, for commands of your own')
    .option('--quiet', 'leave out what the commands write')
    .addHelpText(
      'after',
      '\nExit code:\n  0  calls went on throughout, and no prompt was uploaded twice\n  1  they did not, or it failed or was stopped',
    );
  return parseArguments<Options>(command, args, context);
}

async function run(options: Options, context: CommandContext): Promise<ExitStatus> {
  const flow = readCallFlow();
  const signal = abortedByInterruption(context);
  console.log('Starting S3 and a Twilio with nothing in it …');
  let uploads = 0;
  const rehearsal = await startRehearsal({
    onExchange({ method, target }) {
      if (method === 'POST' && /\/Assets\/\w+\/Versions$/.test(target)) uploads += 1;
    },
    proxy: options.throughProxy === true,
    variables: options.protected ? { AUDIO_VISIBILITY: 'protected' } : {},
  });
  try {
    for (const warning of await promptWarnings(flow, readConfig(rehearsal.variables).s3)) {
      console.log(colors.yellow(warning));
    }
    const write = (text: string) => {
      // After SIGHUP the terminal may be closed.
      if (!signal.aborted) process.stdout.write(text);
    };
    const watch = { signal, ...(!options.quiet && { onOutput: write }) };
    const project = stageProject(rehearsal, watch);
    const countUploads = () => {
      const counted = uploads;
      uploads = 0;
      return counted;
    };
    const habits = { signMedia: options.protected === true };
    const stages = deployAndSyncTwice(rehearsal, withHeadings(project), countUploads, habits);
    const good = await showStages(stages, flow);
    if (good && options.protected) await showProtected(rehearsal);
    if (good && options.stay) {
      printHowToGoOn(rehearsal, project);
      if (!signal.aborted) await once(signal, 'abort');
    }
    return good ? 'done' : 'failed';
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    return 'failed';
  } finally {
    await rehearsal.stop();
  }
}

/** Prints a heading before each command: what the commands write is long. */
function withHeadings(project: StagedProject): StagedProject {
  let step = 0;
  const printHeading = (command: string) => {
    step += 1;
    console.log(`\n${colors.bold(`${step}/${STEPS.length} ${command}`)}`);
  };
  return {
    ...project,
    twilioRun(...args) {
      printHeading(['twilio-run', ...args].join(' '));
      return project.twilioRun(...args);
    },
    run(verb, ...args) {
      printHeading(['npm run', verb, ...args].join(' '));
      return project.run(verb, ...args);
    },
  };
}

/** A signal that is aborted by what asks the command to end. */
export function abortedByInterruption({ interruption }: CommandContext): AbortSignal {
  const controller = new AbortController();
  interruption().then(() => controller.abort());
  return controller.signal;
}

/** Prints what callers heard after each command, and returns whether that was as expected. */
async function showStages(running: AsyncGenerator<Stage>, flow: CallFlow): Promise<boolean> {
  const stages: Stage[] = [];
  for await (const stage of running) stages.push(stage);
  const good = isAsExpected(stages, flow);
  console.log(`\n${colors.bold('The rehearsal')}: a call after each step\n`);
  console.log(stageTable(stages));
  console.log(
    good
      ? '\nCalls went on throughout, and no prompt was uploaded twice.'
      : colors.red('\nThis is not how it should have gone.'),
  );
  return good;
}

function stageTable(stages: readonly Stage[]): string {
  const lines = plainTable([
    '',
    'step',
    'uploads',
    'prompts in the Build',
    'the caller hears',
    'status',
  ]);
  stages.forEach(({ command, uploads, prompts, heard: { played, spoken } }, index) => {
    const servers = [...new Set(played.map(servedBy))].join(', ');
    const heard = [
      played.length > 0 && `${played.length} × ${servers}`,
      spoken.length > 0 && `${spoken.length} × said`,
    ];
    const statuses = [...new Set(played.map(({ status }) => status ?? 'no answer'))].join(', ');
    lines.push([index + 1, command, uploads, prompts, heard.filter(Boolean).join(', '), statuses]);
  });
  return lines.toString();
}

async function showProtected(rehearsal: Rehearsal): Promise<void> {
  const signed = await listenToCall(rehearsal, { signMedia: true });
  const unsigned = await listenToCall(rehearsal, { signMedia: false });
  console.log(`\n${colors.bold('Protected Assets')}: media requests need a signature\n`);
  console.log(inspectorTable(inspectProtected(signed.played, unsigned.played)));
}

function printHowToGoOn(
  { environment, internet, authorityFile }: Rehearsal,
  { directory }: StagedProject,
): void {
  const exports = Object.entries(environment).map(([name, value]) => `${name}='${value}'`);
  const destination = `${DOMAIN_NAME}:443:127.0.0.1:${internet.port}`;
  const folder = relative(process.cwd(), directory);
  console.log(`
It stays up until Ctrl-C. In a second terminal, whose programs reach nothing else, in this folder:

  cd '${process.cwd()}'
  export ${exports.join(' ')}
  npm run sync -- --env ${folder}/.env
  npm run call -- --env ${folder}/.env --digits 1,9
  npm run live-check -- --env ${folder}/.env --yes --from +815012345678 --to +819012345678
  npx twilio-run deploy --cwd ${folder}
  npx twilio-run list --cwd ${folder}
  curl --connect-to ${destination} --cacert '${authorityFile}' https://${DOMAIN_NAME}/voice

A deploy takes the prompts out of the Build until the next sync.
`);
}

export const rehearse = { readOptions, run };

export const main = () => startCommand(rehearse);
