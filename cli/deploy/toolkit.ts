import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import type { ApiCredential } from '../../src/config';
import {
  RUNTIME,
  RUNTIME_HANDLER,
  RUNTIME_HANDLER_PACKAGE,
  RUNTIME_HANDLERS_PAGE,
} from '../../src/limits';
import type { CommandContext, StopSignal } from '../command-context';
import type { ExitStatus } from '../run-command';

const TOOLKIT = require.resolve('twilio-run/bin/twilio-run.js');

/** What the toolkit has built. */
export interface StagedBuild {
  /** ZS… */
  readonly serviceSid: string;
  /** ZB… */
  readonly buildSid: string;
}

/** How the toolkit ended: after an interruption never as done. */
export type ToolkitResult =
  | { readonly status: 'done'; readonly staged: StagedBuild }
  /** With what it wrote to standard error, where its errors are. */
  | { readonly status: Exclude<ExitStatus, 'done'>; readonly errors: string };

export interface ToolkitOptions {
  readonly credential: ApiCredential;
  /** ZS…; another name of a Service is the package's, which the toolkit finds by itself. */
  readonly service: string;
  /** Domain suffix. */
  readonly environment: string;
}

/** What it prints of a deployment as JSON. */
const printed = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ serviceSid: v.string(), buildSid: v.string() }),
);

/**
 * Runs Twilio's deployer to its end, at this terminal. It sets no variables.
 */
export async function deployWithToolkit(
  { credential, service, environment }: ToolkitOptions,
  { writeError, interruption, environment: shell, colors }: CommandContext,
): Promise<ToolkitResult> {
  const directory = mkdtempSync(join(tmpdir(), 'twilio-s3-play-'));
  try {
    // It takes variables that a file leaves empty from its process, where no `ps` shows them.
    const file = join(directory, 'account');
    writeFileSync(file, 'ACCOUNT_SID=\nAUTH_TOKEN=\n', { mode: 0o600 });
    const args = [
      TOOLKIT,
      'deploy',
      ...['--environment', environment, '--env', file, '--load-system-env'],
      ...['--output-format', 'json'],
      ...(service.startsWith('ZS') ? ['--service-sid', service] : []),
    ];
    // Through pipes, so that a closed terminal or `| head` does not break off the deployment.
    const child = spawn(process.execPath, args, {
      stdio: ['inherit', 'pipe', 'pipe'],
      env: {
        ...shell,
        ...(colors && { FORCE_COLOR: '1' }),
        ACCOUNT_SID: credential.username,
        AUTH_TOKEN: credential.password,
      },
    });
    let received: StopSignal | undefined;
    interruption().then((signal) => {
      received = signal;
      child.kill(signal);
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
      writeError(text);
    });
    const [code] = await once(child, 'close');
    if (received !== undefined || code !== 0) return { status: received ?? 'failed', errors };
    return { status: 'done', staged: v.parse(printed, output) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
/** What to do about an error of Twilio's; undefined where its message is enough. */
export function adviceOnRefusal(errors: string): string | undefined {
  const words = unwrapped(errors);
  const [, name, version] =
    /No matching version found for (@?[^\s@]+)@(\S*[^\s.])/.exec(words) ?? [];
  if (name === RUNTIME_HANDLER_PACKAGE) {
    return `Twilio's platform has no ${name} ${version}, whether npm has it or not (its list: ${RUNTIME_HANDLERS_PAGE}). Run npm install --save-exact ${name}@${RUNTIME_HANDLER}, and deploy again.`;
  }
  if (name !== undefined) {
    return `Twilio cannot install ${name} ${version}: give it a version that npm has, in the dependencies of package.json, and deploy again.`;
  }
  if (/\b82007\b/.test(words)) {
    return `Twilio does not build for this runtime any more: set runtime to '${RUNTIME}' in .twilioserverlessrc, and deploy again.`;
  }
  if (/\b20404\b.*\/Environments\/ZE/.test(words)) {
    return 'Another deploy, which builds in the same place, has removed that environment: deploy again when it has ended.';
  }
  return undefined;
}

/** The toolkit colours its errors, wraps their lines, and draws a bar beside them. */
function unwrapped(text: string): string {
  const colors = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g');
  return text.replace(colors, '').replace(/[\s│|]+/g, ' ');
}
