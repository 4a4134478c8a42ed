import { describe, expect, it } from '@jest/globals';
import type { CommandContext } from '../../cli/command-context';
import { explain as explainCommand } from '../../cli/explain';
import { systemClock } from '../../src/clock';
import { runVerb, writeVariables } from '../helpers/cli/commands';
import { now, presign, secretAccessKey, TWILIO_PARAMETERS } from '../helpers/explain/urls';

const url = presign();
const broken = `${url}&${TWILIO_PARAMETERS}`;

const explain = (args: readonly string[], changes: Partial<CommandContext> = {}) =>
  runVerb(explainCommand, args, { clock: { ...systemClock, now: () => now }, ...changes });

/** Lines that come one by one at a terminal, and together from a file. */
const input = (text: string, isTerminal = false) => ({
  input: {
    isTerminal,
    async readLines(isComplete: (lines: readonly string[]) => boolean) {
      const lines = text.split('\n');
      const end = lines.findIndex((_, i) => isTerminal && isComplete(lines.slice(0, i + 1)));
      return end === -1 ? lines : lines.slice(0, end + 1);
    },
  },
});

describe('npm run explain', () => {
  it('prints why S3 refuses, what to do and the differing lines, and exits with 1', async () => {
    const { code, out, err } = await explain(['--verbose', url, broken]);
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toMatch(/^REFUSED {2}403 SignatureDoesNotMatch\n\nS3 refuses the request/);
    expect(out).toMatch(/^What to do {2}These are Twilio’s request parameters/m);
    expect(out).toMatch(/^Added {7}27: Called, ToState/m);
    expect(out).toMatch(/^ {2}\+ From=%2B8190…$/m);
    expect(out).toMatch(/^ {4}X-Amz-Credential=AKIA\*{4}%2F20260301%2Feu-west-1%2Fs3/m);
    for (const line of out.slice(0, out.indexOf('The canonical')).split('\n')) {
      expect(line.length).toBeLessThanOrEqual(100);
    }
  });

  it('prints the canonical requests only with --verbose', async () => {
    const { out } = await explain([url, broken]);
    expect(out).not.toMatch(/^ {2}[-+] |SHA-256|UNSIGNED-PAYLOAD/m);
    expect(out).toMatch(/add --verbose\.\n$/);
    expect(out.split('\n').length).toBeLessThan(24);
  });

  it('exits with 0 when S3 accepts the request', async () => {
    const { code, out } = await explain(['--verbose', url, url]);
    expect(code).toBe(0);
    expect(out).toMatch(/^ACCEPTED/);
    expect(out).not.toMatch(/^ {2}[-+]/m);
  });

  it('takes the requested URL alone, and says what it assumed', async () => {
    const { code, out, err } = await explain([broken]);
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toMatch(/^What to do {2}These are Twilio’s request parameters/m);
    expect(out).toMatch(/^Added {7}27: Called/m);
    expect(out.replace(/\s+/g, ' ')).toContain('is assumed to be what was presigned');
    expect((await explain([url, broken])).out).not.toContain('assumed');
  });

  it.each([
    ['two URLs', `${url}\n${broken}\nmore\n`],
    ['one URL and an empty line', `${broken}\n\n${url}\n`],
  ])('ends at a terminal after %s', async (_, typed) => {
    const { code, out } = await explain([], input(typed, true));
    expect([code, out]).toEqual([1, expect.stringContaining('Twilio’s request parameters')]);
  });

  it('prints JSON for other programs', async () => {
    const { code, out } = await explain(['--json', url, broken]);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      accepted: false,
      refusals: [{ status: 403, code: 'SignatureDoesNotMatch' }],
    });
  });

  it('reads the URLs from standard input when no argument has them', async () => {
    const { code } = await explain([], input(`${url}\r\n\n  ${url}\n`));
    expect(code).toBe(0);
  });

  it.each([
    [['--at', '2026-03-02T00:00:00Z'], 'AccessDenied'],
    [['--region', 'us-east-1'], 'AuthorizationQueryParametersError'],
    [['--requested-method', 'HEAD'], 'SignatureDoesNotMatch'],
    [['--presigned-method', 'put', '--requested-method', 'get'], 'SignatureDoesNotMatch'],
    [['--verify'], 'SignatureDoesNotMatch'],
  ])('judges with %j', async (options, s3Code) => {
    const environment = { S3_SECRET_ACCESS_KEY: 'another' };
    const { code, out } = await explain([...options, url, url], { environment });
    expect(code).toBe(1);
    expect(out).toContain(s3Code);
  });

  it('--verify accepts the secret that signed the URL', async () => {
    const environment = { S3_SECRET_ACCESS_KEY: secretAccessKey };
    expect(await explain(['--verify', url, url], { environment })).toMatchObject({ code: 0 });
  });

  it('--verify finds the secret in the file of --env', async () => {
    const { file, remove } = writeVariables({ S3_SECRET_ACCESS_KEY: secretAccessKey });
    expect(await explain(['--verify', '--env', file, url, url])).toMatchObject({ code: 0 });
    remove();
  });

  it.each([
    ['one URL without a signature', ['https://h/a'], 'not a presigned one'],
    ['three URLs', [url, url, url], ''],
    ['no URL at all', [], 'single quotes'],
    ['no presigned URL', ['https://h/a', url], 'not a presigned one'],
    ['an unknown option', ['--unknown', url, url], 'unknown option'],
    ['a time that is none', ['--at', 'noon', url, url], 'ISO 8601'],
    ['--verify without a secret', ['--verify', url, url], 'S3_SECRET_ACCESS_KEY'],
  ])('exits with 2 for %s, and quotes no URL', async (_, args, message) => {
    const { code, out, err } = await explain(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
    expect(err).not.toContain('Amz-Signature=');
  });

  it('prints its help and exits with 0', async () => {
    const { code, out } = await explain(['--help']);
    expect(code).toBe(0);
    expect(out).toMatch(/Exit code:\n {2}0 /);
  });

  it('uses colours only where the terminal has them', async () => {
    const ESC = String.fromCharCode(27);
    expect((await explain([url, broken])).out).not.toContain(ESC);
    expect((await explain([url, broken], { colors: true })).out).toContain(`${ESC}[31m`);
  });
});
