import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MediaStep, Step } from '../../../phone';

let child: ChildProcess;
beforeAll(() => {
  child = fork(join(__dirname, '../../helpers/phone/recording-process.ts'), {
    execArgv: ['--import', 'tsx'],
    serialization: 'advanced',
  });
});
afterAll(() => {
  child.disconnect();
});

/** The samples of what a caller hears in these steps. */
async function samplesOf(...steps: Step[]): Promise<Int16Array> {
  const answered = once(child, 'message');
  child.send(steps);
  const [wav] = await answered;
  return new Int16Array(Uint8Array.from(wav.subarray(44)).buffer);
}

const body = readFileSync(join(__dirname, '../../../sandbox/prompts/unknown.mp3'));
const medium: MediaStep = {
  kind: 'media',
  verb: 'Play',
  url: 'https://example.com/a.mp3',
  mediaUrl: 'https://example.com/a.mp3',
  appended: 0,
  signed: false,
  redirects: [],
  loop: 1,
  status: 200,
  contentType: 'audio/mpeg',
  bytes: body.length,
  body,
  milliseconds: 1,
};

describe('what a caller hears', () => {
  it('is a medium as often as it is played', async () => {
    const single = await samplesOf(medium);
    expect(single.length).toBeGreaterThan(8000);
    const thrice = await samplesOf({ ...medium, loop: 3 });
    expect(thrice.length).toBe(3 * single.length);
    expect(thrice.subarray(2 * single.length)).toEqual(single);
  });

  it('is nothing of a medium that failed, though it brought something to play', async () => {
    expect(await samplesOf({ ...medium, errorCode: 11200 })).toHaveLength(0);
    expect(await samplesOf({ ...medium, body: undefined })).toHaveLength(0);
  });

  it('is silence, as long as it lasts, of what cannot be decoded', async () => {
    const other = { ...medium, body: Buffer.from('RIFF'), durationSeconds: 1.5 };
    const samples = await samplesOf(other);
    expect(samples).toHaveLength(12_000);
    expect(samples.every((sample) => sample === 0)).toBe(true);
  });
});
