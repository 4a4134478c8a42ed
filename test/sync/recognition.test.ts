import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { decodeManifest, isManifestPath, type Manifest } from '../../src/manifest';
import { audio, Buckets, HOUR, Rig } from '../helpers/sync/rig';

/** An MP3 after a byte that belongs to no frame. */
const shifted = Buffer.concat([Buffer.alloc(1), audio('shifted')]);
const silence = Buffer.alloc(800, 0xff);
const desktopIni = Buffer.from('\ufeff[.ShellClassInfo]\r\n', 'utf16le');

let buckets: Buckets;
beforeAll(async () => {
  const live = { 'live.mp3': audio('live') };
  buckets = await Buckets.start({
    live,
    upgraded: { ...live, 'shifted.mp3': shifted, 'text.mp3': Buffer.from('Only text.') },
    odd: { ...live, 'hello.ulaw': silence, 'silence.mp3': silence, 'desktop.mp3': desktopIni },
  });
});
afterAll(() => buckets.stop());

function liveManifest(rig: Rig) {
  const file = rig.live.functions.find(({ path }) => isManifestPath(path));
  if (!file) throw new Error('The live Build has no manifest.');
  return { file, manifest: decodeManifest(file.content.toString()) };
}

const verdicts = ({ refused }: Manifest) =>
  [...refused].map(([key, { reason, unplayable }]) => [key, reason, unplayable]);

it('leaves to the proxy what the bytes do not tell, and has said what they show to be no audio', async () => {
  const rig = await new Rig(buckets).start();
  rig.toolkitDeploy();
  const { outcome } = await rig.run('odd');
  expect(outcome?.report.skipped).toEqual([
    { key: 'desktop.mp3', reason: 'not audio', unplayable: true },
    { key: 'hello.ulaw', reason: 'not recognised', unplayable: false },
    { key: 'silence.mp3', reason: 'not recognised', unplayable: false },
  ]);
  expect(verdicts(liveManifest(rig).manifest)).toEqual([
    ['desktop.mp3', 'not audio', true],
    ['silence.mp3', 'not recognised', false],
  ]);
  expect(rig.wire.calls.map(({ path }) => path)).not.toContain('/odd/hello.ulaw');
  expect([...rig.uploads.keys()].sort()).toEqual([
    expect.stringMatching(/^\/audio\/live\./),
    '/call-flow.json',
    '/logo.png',
  ]);
  expect(rig.service.assets.size).toBe(3);
  await rig.stop();
});

it('judges again, once, what a deployment with an older manifest has refused', async () => {
  const rig = await new Rig(buckets).start();
  rig.toolkitDeploy();
  await rig.run('live');
  const { file, manifest } = liveManifest(rig);
  const refused = Object.entries({ 'shifted.mp3': shifted, 'text.mp3': 'Only text.' }).map(
    ([key, content]) => {
      const etag = `"${createHash('md5').update(content).digest('hex')}"`;
      return [key, { etag, reason: 'not audio', unplayable: true }];
    },
  );
  const older = { version: 1, paths: [...manifest.paths], retired: [], refused };
  Reflect.set(file, 'content', Buffer.from(`module.exports = ${JSON.stringify(older)};\n`));

  rig.time += HOUR;
  expect((await rig.run('upgraded')).outcome?.report).toMatchObject({ prompts: 2, uploaded: 1 });
  expect(verdicts(liveManifest(rig).manifest)).toEqual([['text.mp3', 'not audio', true]]);

  rig.wire.reset();
  expect((await rig.run('upgraded')).outcome?.status).toBe('done');
  expect(rig.wire.calls.map(({ path }) => path)).not.toContain('/upgraded/text.mp3');
  await rig.stop();
});
