import { Command } from 'commander';
import { readConfig } from '../src/config';
import { messageOf } from '../src/errors';
import { type SyncEvent, sync } from '../src/sync';
import { ENV_FILE, loadEnvironment } from './environment';
import { findTarget, type TargetOptions } from './target';

/** Milliseconds for a run from this machine: a first sync of a thousand prompts takes minutes. */
const BUDGET = 30 * 60 * 1000;

interface Options extends TargetOptions {
  readonly env: string;
}

async function main(): Promise<void> {
  const options = new Command('sync')
    .description('Make the Assets of a deployment equal to the MP3s in S3.')
    .option('--service <name>', "the Service's SID or unique name (default: where it was deployed)")
    .option('--environment <suffix>', 'the environment, as serverless:deploy names it', 'dev')
    .option('--env <file>', 'file with the variables', ENV_FILE)
    .parse()
    .opts<Options>();
  const config = readConfig(loadEnvironment(options.env));
  const steps = sync(config, findTarget(options, config.twilio.accountSid), BUDGET);
  for (;;) {
    const step = await steps.next();
    if (step.done) {
      const { status, report } = step.value;
      console.log(
        status === 'done'
          ? `${report.prompts} prompts are Assets: ${report.uploaded} uploaded, ${report.retired} retired.`
          : 'The Build is not finished yet: run the sync again.',
      );
      if (status === 'pending') process.exitCode = 4;
      return;
    }
    console.log(line(step.value));
  }
}

function line(event: SyncEvent): string {
  switch (event.type) {
    case 'planned':
      return `${event.keep} to keep, ${event.upload} to upload (${event.bytes} bytes), ${event.retire} to retire`;
    case 'uploaded':
      return `uploaded ${event.key} → ${event.path}`;
    case 'building':
      return `building ${event.buildSid}`;
    case 'activated':
      return `activated ${event.buildSid}`;
  }
}

main().catch((thrown: unknown) => {
  console.error(messageOf(thrown));
  process.exitCode = 1;
});
