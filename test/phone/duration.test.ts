import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { silentMp3 } from '../helpers/phone/server';

let child: ChildProcess;
beforeAll(() => {
  child = fork(join(__dirname, '../helpers/phone/duration-process.ts'), {
    execArgv: ['--import', 'tsx'],
    serialization: 'advanced',
  });
});
afterAll(() => {
  child.disconnect();
});

async function secondsOf(audio: Buffer, mimeType: string): Promise<number | undefined> {
  const answered = once(child, 'message');
  child.send({ audio, mimeType });
  const [{ seconds }] = await answered;
  return seconds;
}

/** One second of silence: 8,000 samples of one byte. */
function silentWav(): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + 8_000, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(8_000, 24);
  header.writeUInt32LE(8_000, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write('data', 36);
  header.writeUInt32LE(8_000, 40);
  return Buffer.concat([header, Buffer.alloc(8_000, 0x80)]);
}

describe('the duration of audio', () => {
  it('of an MP3 is that of its frames', async () => {
    const seconds = await secondsOf(silentMp3(100), 'audio/mpeg');
    expect(seconds).toBeCloseTo((100 * 1_152) / 44_100, 3);
  });

  it('of a WAV is that of its samples', async () => {
    expect(await secondsOf(silentWav(), 'audio/wav')).toBeCloseTo(1, 3);
  });

  it.each(['', 'no audio at all', '<?xml version="1.0"?><Error/>'])(
    'of %j is not known',
    async (body) => {
      expect(await secondsOf(Buffer.from(body), 'audio/mpeg')).toBeUndefined();
    },
  );
});
