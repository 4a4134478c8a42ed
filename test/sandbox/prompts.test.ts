import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import * as v from 'valibot';
import { promptFolder, promptPath, samplePrompts } from '../../sandbox/prompts';

const Formats = v.pipe(
  v.string(),
  v.parseJson(),
  v.array(
    v.object({
      codec: v.string(),
      numberOfChannels: v.number(),
      sampleRate: v.number(),
      duration: v.number(),
    }),
  ),
);

describe('the sample prompts', () => {
  it('are the MP3s of the folder, no more and no fewer, named in Unicode NFC', () => {
    const files = readdirSync(promptFolder).filter((name) => name.endsWith('.mp3'));
    expect(files.sort()).toEqual(samplePrompts.map(({ file }) => file).sort());
    expect(files).toEqual(files.map((name) => name.normalize('NFC')));
  });

  it('include names that need care in a URL', () => {
    const names = samplePrompts.map(({ file }) => file).join();
    for (const character of [' ', "'", '(', ')', '+', '営']) expect(names).toContain(character);
  });

  it('take less than 300 kB together', () => {
    const sizes = samplePrompts.map((prompt) => statSync(promptPath(prompt)).size);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(300_000);
  });

  it('are mono MP3s of a sensible length', () => {
    const program = [
      '--import',
      require.resolve('tsx'),
      join(__dirname, '../helpers/sandbox/mp3-formats.ts'),
    ];
    const printed = execFileSync(process.execPath, [...program, ...samplePrompts.map(promptPath)]);
    const formats = v.parse(Formats, printed.toString());
    expect(formats).toHaveLength(samplePrompts.length);
    for (const { duration, ...format } of formats) {
      expect(format).toEqual({ codec: 'MPEG 2 Layer 3', numberOfChannels: 1, sampleRate: 24_000 });
      expect(duration).toBeGreaterThan(1);
      expect(duration).toBeLessThan(15);
    }
  });
});
