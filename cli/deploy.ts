import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Command } from 'commander';
import { failureOf } from '../src/command-failure';
import { interruption } from '../src/interruption';
import { checkVariables } from './deploy/check';
import { ENV_FILE, loadEnvironment, readEnvironmentFile } from './environment';

const TOOLKIT = require.resolve('twilio-run/bin/twilio-run.js');
const SYNC = ['--require', require.resolve('tsx/cjs'), join(__dirname, 'sync.ts')];

async function main(): Promise<number> {
  const { environment } = new Command('npm run deploy --')
    .description(
      "Deploys the project with Twilio's own deployer, and syncs the prompts at once: a deploy takes those of the last sync out of what is live.",
    )
    .option('--environment <suffix>', 'of the domain: dev is name-1234-dev.twil.io', 'dev')
    .exitOverride()
    .parse()
    .opts<{ environment: string }>();
  checkVariables(readEnvironmentFile(ENV_FILE), loadEnvironment(ENV_FILE));
  // Whoever is at work cleans up after Ctrl-C, and this ends after it.
  interruption();
  const deployed = await runNode([TOOLKIT, 'deploy', '--environment', environment]);
  return deployed === 0 ? runNode([...SYNC, '--environment', environment]) : deployed;
}

/** Runs a Node program to its end, at this terminal; gives its exit code. */
async function runNode(args: readonly string[]): Promise<number> {
  const [code] = await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'exit');
  return typeof code === 'number' ? code : 1;
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
