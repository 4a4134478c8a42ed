import { ConfigError, PlayError } from '../src/errors';
import { type Account, readAccount } from './account';
import { asking } from './agrees';
import { failureOf } from './command-failure';
import { loadEnvironment } from './environment';
import { interruption } from './interruption';
import { check } from './live-check/check';
import type { Finding } from './live-check/findings';
import { type Options, readOptions } from './live-check/options';

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const account = readAccount(loadEnvironment(options.env));
  if (!options.yes && !(await agreed(options, account))) {
    throw new PlayError('Nothing was made, and nobody was called.');
  }
  const { from, to, patience, json } = options;
  const findings = await check({
    account,
    call: { from, to, patience: patience * 1000 },
    tell: (doing) => (json ? undefined : console.log(doing)),
    warn(message) {
      console.error(message);
      process.exitCode = 1;
    },
    signal: abortedByInterruption(),
  });
  console.log(json ? JSON.stringify(findings, undefined, 2) : print(findings));
}

async function agreed({ from, to }: Options, { accountSid }: Account): Promise<boolean> {
  const what = `This makes a temporary Service in ${accountSid} and calls ${to} from ${from}: one call of half a minute and some 30 runs of Functions, at your Twilio rates.`;
  const { stdin, stdout } = process;
  if (!stdin.isTTY) throw new ConfigError(`${what} Say so with --yes.`);
  return asking(stdin, stdout)(`${what} Go on?`);
}

function abortedByInterruption(): AbortSignal {
  const controller = new AbortController();
  interruption().then((name) => {
    console.error('Cleaning up …');
    controller.abort(new PlayError(`Stopped by ${name}.`));
  });
  return controller.signal;
}

function print(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ question }) => question.length));
  return findings
    .map(({ question, answer }) => `  ${question.padEnd(width)}  ${answer}`)
    .join('\n');
}

main().catch((thrown: unknown) => {
  const { exitCode, message } = failureOf(thrown);
  process.stderr.write(message);
  process.exitCode = exitCode;
});
