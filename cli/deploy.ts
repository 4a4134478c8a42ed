import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { failureOf } from '../src/command-failure';
import { interruption, type StopSignal } from '../src/interruption';
import { checkVariables } from './deploy/check';
import { ENV_FILE, loadEnvironment, readEnvironmentFile } from './environment';

const TOOLKIT = require.resolve('twilio-run/bin/twilio-run.js');
const SYNC = ['--require', require.resolve('tsx/cjs'), join(__dirname, 'sync.ts')];

async function main(): Promise<number> {
  const { environment } = new Command('npm run deploy --')
    .description(
      "Deploys the project with Twilio's own deployer, and syncs the prompts at once: a deploy takes those of the last sync out of what is live.",
    )
    .option('--environment <suffix>', 'of the domain: dev is name-1234-dev.twil.io', suffix, 'dev')
    .exitOverride()
    .parse()
    .opts<{ environment: string }>();
  checkVariables(readEnvironmentFile(ENV_FILE), loadEnvironment(ENV_FILE));
  const interrupted = interruption();
  const deployed = await runNode([TOOLKIT, 'deploy', '--environment', environment], interrupted);
  if (deployed !== 0) return deployed;
  return runNode([...SYNC, '--deployed', '--environment', environment], interrupted);
}

function suffix(text: string): string {
  if (/^[a-z0-9-]+$/i.test(text)) return text;
  throw new InvalidArgumentError('It has letters, digits and hyphens only.');
}

/**
 * Runs a Node program to its end, at this terminal; what interrupts this one, interrupts it.
 *
 * @returns its exit code; after an interruption never 0
 */
async function runNode(args: readonly string[], interrupted: Promise<StopSignal>): Promise<number> {
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  let signal: StopSignal | undefined;
  interrupted.then((received) => {
    signal = received;
    child.kill(received);
  });
  const [code] = await once(child, 'exit');
  return signal === undefined ? (code ?? 1) : 128 + constants.signals[signal];
}

main()
  .catch((thrown: unknown) => {
    const { exitCode, message } = failureOf(thrown);
    process.stderr.write(message);
    return exitCode;
  })
  .then((exitCode) => {
    process.exitCode = exitCode;
  });
