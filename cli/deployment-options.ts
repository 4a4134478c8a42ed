import type { Command } from 'commander';
import { ENV_FILE } from './environment';
import { readOrigin } from './origin';
import type { TargetOptions } from './target';

/** Which deployment a command is for. */
export interface DeploymentOptions extends TargetOptions {
  /** Origin of the deployment; undefined looks it up. */
  readonly url?: string;
  readonly env: string;
}

/** Adds the options that name a deployment. */
export function addDeploymentOptions(command: Command): Command {
  return command
    .option('--url <origin>', 'the deployment, instead of looking it up', readOrigin)
    .option('--service <name>', "the Service's SID or unique name (default: where it was deployed)")
    .option('--environment <suffix>', "as serverless:deploy names it; '' for production", 'dev')
    .option('--env <file>', 'file with ACCOUNT_SID, AUTH_TOKEN and TWILIO_API_URL', ENV_FILE);
}
