import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findTarget, forgetDeploy } from '../../cli/target';
import { ConfigError } from '../../src/errors';

const account = `AC${'0'.repeat(32)}`;
const other = `AC${'1'.repeat(32)}`;
const serviceSid = `ZS${'0'.repeat(32)}`;
const deployed = { serviceSid, latestBuild: `ZB${'0'.repeat(32)}` };

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'target-test-'));
  write('package.json', { name: 'the-package' });
});
afterEach(() => rmSync(directory, { recursive: true }));

function write(file: string, content: unknown): void {
  writeFileSync(join(directory, file), JSON.stringify(content));
}

const serviceFor = (accountSid: string | undefined, service?: string) =>
  findTarget({ service, environment: 'dev' }, accountSid, directory).service;

describe('the Service to sync to', () => {
  it('is the one that this account deployed to', () => {
    write('.twiliodeployinfo', { [`${other}:us1`]: deployed, [`${account}:us1`]: deployed });
    expect(serviceFor(account)).toBe(serviceSid);
  });

  it('is found in a file of an older toolkit', () => {
    write('.twiliodeployinfo', { [account]: deployed });
    expect(serviceFor(account)).toBe(serviceSid);
  });

  it('is named like the package when this account has not deployed', () => {
    expect(serviceFor(account)).toBe('the-package');
    write('.twiliodeployinfo', { [`${other}:us1`]: deployed, [`${account}:ie1`]: deployed });
    expect(serviceFor(account)).toBe('the-package');
    expect(serviceFor(undefined)).toBe('the-package');
  });

  it('is the one of --service, whatever was deployed', () => {
    write('.twiliodeployinfo', { [`${account}:us1`]: deployed });
    expect(serviceFor(account, 'mine')).toBe('mine');
  });

  it('is not guessed when a file is damaged: the message names the file', () => {
    writeFileSync(join(directory, '.twiliodeployinfo'), '<<<<<<< HEAD');
    expect(() => serviceFor(account)).toThrow(ConfigError);
    expect(() => serviceFor(account)).toThrow(/\.twiliodeployinfo: it does not name one/);
    write('.twiliodeployinfo', { [`${account}:us1`]: {} });
    expect(() => serviceFor(account)).toThrow(/\.twiliodeployinfo/);
    expect(serviceFor(account, 'mine')).toBe('mine');
  });

  it('is not guessed when the package has no name', () => {
    write('package.json', {});
    expect(() => serviceFor(account)).toThrow(/package\.json: it does not name one/);
  });

  it('comes with its environment', () => {
    expect(findTarget({ environment: 'stage' }, account, directory).environment).toBe('stage');
  });
});

describe('a deploy that is forgotten', () => {
  it('is that of this account to this Service, and no other', () => {
    write('.twiliodeployinfo', { [`${account}:us1`]: deployed, [`${other}:us1`]: deployed });
    expect(forgetDeploy(account, `ZS${'1'.repeat(32)}`, directory)).toBe(false);
    expect(forgetDeploy(account, serviceSid, directory)).toBe(true);
    const left: unknown = JSON.parse(readFileSync(join(directory, '.twiliodeployinfo'), 'utf8'));
    expect(left).toEqual({ [`${other}:us1`]: deployed });
    expect(serviceFor(account)).toBe('the-package');
    expect(serviceFor(other)).toBe(serviceSid);
  });

  it('is found in a file of an older toolkit, and missed where there is no file', () => {
    expect(forgetDeploy(account, serviceSid, directory)).toBe(false);
    write('.twiliodeployinfo', { [account]: deployed });
    expect(forgetDeploy(account, serviceSid, directory)).toBe(true);
    expect(serviceFor(account)).toBe('the-package');
  });
});
