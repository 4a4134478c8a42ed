import { Command, InvalidArgumentError, Option } from 'commander';
import type { AppendMode, DialCallStatus } from '../../phone';
import { type CommandOutput, parseArguments } from '../command-line';
import { addDeploymentOptions, type DeploymentOptions } from '../deployment-options';
import type { Broken } from './broken';

/** What the command was asked for. */
export interface CallCommandOptions extends DeploymentOptions {
  /** Keys for each question in turn; an empty one is silence. */
  readonly digits: readonly string[];
  readonly append: AppendMode;
  readonly fail?: Broken;
  /** Print the words, too. */
  readonly say: boolean;
  /** File for what the caller hears. */
  readonly out?: string;
  readonly from: string;
  readonly to: string;
  readonly dialStatus: DialCallStatus;
  /** Seconds. */
  readonly message: number;
}

const DESCRIPTION = `Calls a deployment, or the sandbox, as Twilio would: asks its voice URL, performs the TwiML, fetches the media, presses keys, and goes to the fallback URL when something fails. No phone rings, and nothing is charged. Prints each step: its verb, what was asked for, status, type, how long it plays, and how long it took.`;

const MORE = `
For the sandbox, give it the file that npm start names:
  npm run call -- --env .sandbox/<number>/env --digits 1,9

--digits has an entry for each question: --digits 1,,42 presses 1, says nothing, presses 42.

--fail makes media fail before they are asked for, with 503: asset those of Assets, audio those of
the proxy, all both. The call then goes on as through the number's fallback URL. That Twilio calls
it for media, too, is not documented; for TwiML it is.

--out writes 16-bit WAV in a telephone's quality: 8 kHz, 300 to 3,400 Hz. What Twilio would say is
a short low tone; silence is as long as the question waits.

Exit code:
  0  the call went to its end, and nothing failed that was not made to fail
  1  something failed
  2  wrong usage or configuration`;

/**
 * Reads the arguments that follow the command's name.
 *
 * @throws {CommanderError} for wrong usage, after having said what is wrong, and for --help
 */
export function readOptions(args: readonly string[], output: CommandOutput): CallCommandOptions {
  const command = new Command('npm run call --')
    .description(DESCRIPTION)
    .option('--digits <keys>', 'keys for each question, separated by commas', readDigits, [])
    .addOption(
      new Option('--append <when>', "to which media Twilio appends the call's 27 parameters")
        .choices(['gather', 'always', 'never'])
        .default('gather'),
    )
    .addOption(new Option('--fail <what>', 'media to break').choices(['asset', 'audio', 'all']))
    .option('--say', 'print the words, too, of what is played as of what is said')
    .option('--out <file>', 'write what the caller hears, as WAV')
    .option('--from <caller>', 'the caller: a number, a SIP address or a word', '+819012345678')
    .option('--to <number>', 'the number that is called', '+815012345678')
    .addOption(
      new Option('--dial-status <status>', 'how a <Dial> ends')
        .choices(['completed', 'busy', 'no-answer', 'failed', 'canceled'])
        .default('no-answer'),
    )
    .option('--message <seconds>', 'how long the caller speaks into a <Record>', readSeconds, 0)
    .addHelpText('after', MORE);
  type Given = Omit<CallCommandOptions, 'say'> & { say?: boolean };
  const options = parseArguments<Given>(addDeploymentOptions(command), args, output);
  return { say: false, ...options };
}

function readDigits(text: string): string[] {
  const entries = text.split(',').map((entry) => entry.trim());
  if (entries.every((entry) => /^[0-9*#]*$/.test(entry))) return entries;
  throw new InvalidArgumentError('Keys are 0 to 9, * and #, such as 1,2 or 1,,42.');
}

function readSeconds(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number of seconds.');
}
