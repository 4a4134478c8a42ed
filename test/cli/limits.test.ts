import { afterEach, describe, expect, it } from '@jest/globals';
import { callCommand } from '../../cli/call';
import type { CommandContext } from '../../cli/command-context';
import { configure } from '../../cli/configure';
import { number } from '../../cli/number';
import { remove } from '../../cli/remove';
import { runCommand } from '../../cli/run-command';
import { sync } from '../../cli/sync';
import { createContext, writeVariables } from '../helpers/cli/commands';
import { ACCOUNT_SID, AUTH_TOKEN, serve } from '../helpers/sandbox/twilio-harness';

const files: { remove: () => void }[] = [];
afterEach(() => {
  for (const file of files.splice(0)) file.remove();
});

/** Variables that lead to a Twilio which limits every request, for longer than any command waits. */
async function limitedAccount() {
  const requests: string[] = [];
  const url = await serve(({ method, url: path }, response) => {
    requests.push(`${method} ${path}`);
    response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '7200' });
    response.end(JSON.stringify({ code: 20429, message: 'Too Many Requests', status: 429 }));
  });
  const written = writeVariables({
    ACCOUNT_SID,
    AUTH_TOKEN,
    TWILIO_API_URL: url,
    S3_BUCKET: 'examplebucket',
    S3_REGION: 'eu-central-1',
    S3_ENDPOINT: 'http://127.0.0.1:9',
    S3_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    S3_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  });
  files.push(written);
  return { env: written.file, requests };
}

type Run = (args: readonly string[], context: CommandContext) => Promise<number>;

describe('a limit of Twilio at the very first request', () => {
  it.each<[string, Run, string[]]>([
    ['sync', (args, context) => runCommand(sync, args, context), []],
    ['sync --dry-run', (args, context) => runCommand(sync, args, context), ['--dry-run']],
    ['configure', (args, context) => runCommand(configure, args, context), []],
    ['remove', (args, context) => runCommand(remove, args, context), []],
    ['call', (args, context) => runCommand(callCommand(), args, context), []],
    ['number', (args, context) => runCommand(number, args, context), ['--phone', '+815012345678']],
    [
      'number --url',
      (args, context) => runCommand(number, args, context),
      ['--phone', '+815012345678', '--url', 'https://example.com'],
    ],
  ])('ends %s with exit code 4: the same command succeeds later', async (_, run, args) => {
    const { env, requests } = await limitedAccount();
    const { context, output } = createContext();
    const code = await run([...args, '--env', env], context);
    expect([code, output.err]).toEqual([4, expect.stringMatching(/limit/)]);
    expect(output.err).not.toMatch(/\n +at /);
    expect(requests).toHaveLength(1);
  });
});
