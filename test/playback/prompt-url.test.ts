import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EMPTY_MANIFEST, encodeManifest, type Manifest, manifestPath } from '../../src/manifest';
import { promptUrl } from '../../src/playback';

const context = {
  S3_BUCKET: 'examplebucket',
  S3_REGION: 'us-east-1',
  S3_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  S3_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  DOMAIN_NAME: 'clinic-1234-dev.twil.io',
  AUTH_TOKEN: 'token of the account',
};
const manifest: Manifest = {
  ...EMPTY_MANIFEST,
  paths: new Map([['menu.mp3', '/audio/menu.1.2.mp3']]),
  refused: new Map([['notes.mp3', { etag: 'e', reason: 'not audio', unplayable: true }]]),
};

let folder: string;
/** A deployment whose Build holds this module as its manifest. */
function deploy(source: string): void {
  const path = join(folder, 'manifest.js');
  writeFileSync(path, source);
  const fingerprint = '0'.repeat(16);
  const name = manifestPath({ hash: '0'.repeat(32), fingerprint, base: `ZB${'0'.repeat(32)}` });
  globalThis.Runtime = { getFunctions: () => ({ [name]: { path } }), getAssets: () => ({}) };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'prompt-url-'));
});
afterEach(() => {
  jest.restoreAllMocks();
  Reflect.deleteProperty(globalThis, 'Runtime');
  rmSync(folder, { recursive: true });
});

/** What another project copies. */
const bundled: {
  promptUrl: typeof promptUrl;
} = require('../../.twilioserverless/lib/prompt-url.js');

describe.each([
  ['in this project', promptUrl],
  ['copied from the build', bundled.promptUrl],
])('promptUrl %s', (_, ask) => {
  it('is the Asset’s when the live Build has it', async () => {
    deploy(encodeManifest(manifest).source);
    expect(await ask(context, 'menu.mp3')).toBe(
      'https://clinic-1234-dev.twil.io/audio/menu.1.2.mp3',
    );
  });

  it('is the Asset’s, too, when Twilio gives the manifest with another text', async () => {
    deploy(`"use strict";\n${encodeManifest(manifest).source}`);
    expect(await ask(context, 'menu.mp3')).toMatch(/\/audio\/menu\.1\.2\.mp3$/);
  });

  it('is the proxy’s otherwise', async () => {
    deploy(encodeManifest(manifest).source);
    expect(await ask(context, '営業 時間.mp3')).toMatch(
      /^https:\/\/clinic-1234-dev\.twil\.io\/audio\?key=%E5%96%B6%E6%A5%AD%20%E6%99%82%E9%96%93\.mp3&exp=\d+&sig=[0-9a-f]{64}$/,
    );
  });

  it('is the proxy’s when the manifest cannot be read, and the log says so', async () => {
    const logged = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    deploy('module.exports = {');
    expect(await ask(context, 'menu.mp3')).toContain('/audio?key=menu.mp3&');
    expect(logged.mock.calls.join()).toContain('manifest-unreadable');
  });

  it('is undefined for an unplayable prompt, with the reason', async () => {
    deploy(encodeManifest(manifest).source);
    await expect(ask(context, 'notes.mp3')).rejects.toThrow(
      /^"notes.mp3" cannot be played, so say its text: the last sync refused it: not audio$/,
    );
  });

  it('is undefined for a key outside of S3_PREFIX', async () => {
    deploy(encodeManifest(manifest).source);
    const variables = { ...context, S3_PREFIX: 'prompts/' };
    expect(await ask(variables, 'prompts/a.mp3')).toContain('/audio?key=prompts%2Fa.mp3&');
    await expect(ask(variables, 'other/a.mp3')).rejects.toThrow('outside of S3_PREFIX');
  });

  it('is still the Asset’s when the proxy cannot work; the error for any other names the missing variable', async () => {
    deploy(encodeManifest(manifest).source);
    const variables = { ...context, S3_BUCKET: undefined };
    expect(await ask(variables, 'menu.mp3')).toMatch(/\/audio\/menu\.1\.2\.mp3$/);
    await expect(ask(variables, 'other.mp3')).rejects.toThrow('S3_BUCKET is not set');
    const tokenless = { ...context, AUTH_TOKEN: undefined };
    await expect(ask(tokenless, 'other.mp3')).rejects.toThrow('AUTH_TOKEN is not set');
  });

  it('is undefined when the domain is not known', async () => {
    deploy(encodeManifest(manifest).source);
    await expect(ask({ ...context, DOMAIN_NAME: '' }, 'menu.mp3')).rejects.toThrow('DOMAIN_NAME');
  });
});
