import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  RUNTIME,
  RUNTIME_HANDLER,
  RUNTIME_HANDLER_PACKAGE,
  RUNTIME_HANDLERS_PAGE,
} from '../../src/limits';
import type { CommandContext, StopSignal } from '../command-context';
import { environmentArguments } from '../options';
import type { ExitStatus } from '../run-command';

const TOOLKIT = require.resolve('twilio-run/bin/twilio-run.js');

/**
 * Runs Twilio's deployer to its end, at this terminal.
 *
 * @param environment domain suffix; empty for production
 * @param env file with the variables
 * @returns what it wrote to standard error, where its errors are, and how it ended: after an
 * interruption never as done
 */
export async function deployWithToolkit(
  environment: string,
  env: string,
  { write, writeError, interruption, environment: shell, colors }: CommandContext,
): Promise<{ readonly status: ExitStatus; readonly errors: string }> {
  // Its own configuration may name another file.
  const args = [TOOLKIT, 'deploy', ...environmentArguments(environment), '--env', env];
  // Through pipes, so that a closed terminal or `| head` does not break off the deployment.
  const child = spawn(process.execPath, args, {
    stdio: ['inherit', 'pipe', 'pipe'],
    env: { ...shell, ...(colors && { FORCE_COLOR: '1' }) },
  });
  let received: StopSignal | undefined;
  interruption().then((signal) => {
    received = signal;
    child.kill(signal);
  });
  child.stdout.setEncoding('utf8').on('data', write);
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
    writeError(text);
  });
  const [code] = await once(child, 'close');
  return { status: received ?? (code === 0 ? 'done' : 'failed'), errors };
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
  return undefined;
}

/** The toolkit colours its errors, wraps their lines, and draws a bar beside them. */
function unwrapped(text: string): string {
  const colors = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g');
  return text.replace(colors, '').replace(/[\s│|]+/g, ' ');
}
