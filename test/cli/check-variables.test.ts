import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { outcomeOf, startProgram } from '../program';

const usable = {
  S3_BUCKET: 'prompts',
  S3_REGION: 'eu-central-1',
  S3_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  S3_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const account = { ACCOUNT_SID: `AC${'0'.repeat(32)}`, AUTH_TOKEN: 'token of the account' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'check-variables-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What the check says of a project with this .env, in a shell with these variables. */
async function check(file: Record<string, string>, shell: Record<string, string> = {}) {
  const lines = Object.entries(file).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(folder, '.env'), lines.join(''));
  return outcomeOf(startProgram('cli/check-variables.ts', [], shell, folder));
}

describe('before a deploy', () => {
  it('usable variables pass, whether the account stands in .env or in the shell', async () => {
    const passed = { code: 0, out: '', err: '' };
    expect(await check({ ...usable, ...account })).toEqual(passed);
    expect(await check(usable, account)).toEqual(passed);
  });

  it('all that is missing or malformed is named at once', async () => {
    const { code, err } = await check({ S3_REGION: 'EU Central', ACCOUNT_SID: 'SK1' });
    expect(code).toBe(2);
    for (const part of [
      'S3_BUCKET is not set',
      'S3_REGION must be a region',
      'ACCOUNT_SID must be an Account SID',
      'AUTH_TOKEN is not set',
    ]) {
      expect(err).toContain(part);
    }
  });

  it('what stands in the shell alone is missing, as the toolkit deploys .env', async () => {
    const { code, err } = await check(account, usable);
    expect([code, err]).toEqual([2, expect.stringContaining('S3_BUCKET is not set')]);
  });

  it('what a deployment would quietly do without is named, and never its value', async () => {
    const short = { ADMIN_SECRET: 'too short', OPERATOR_NUMBER: '0120' };
    const { code, err } = await check({ ...usable, ...account, ...short });
    expect(code).toBe(2);
    expect(err).toMatch(/^ADMIN_SECRET is shorter than 32 .*\nOPERATOR_NUMBER is no phone number/);
    expect(err).not.toContain('too short');
  });
});
