/**
 * Speaks the sample prompts of sandbox/prompts/prompts.json and writes their MP3s beside it:
 *
 *     npx tsx scripts/make-prompts.ts
 *
 * Needs `ffmpeg` built with libflite and libmp3lame, and `espeak-ng`: on Debian 12,
 * `apt-get install ffmpeg espeak-ng`. Both voices are deterministic, so that the same versions
 * (ffmpeg 5.1, libflite 2.2, LAME 3.100, espeak-ng 1.51) write the same bytes again.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { promptPath, type SamplePrompt, samplePrompts } from '../sandbox/prompts';

/** Loud enough for a telephone line, with headroom for its companding: LUFS and dBTP. */
const target = { loudness: -18, truePeak: -2 };

/** 24 kHz mono at 32 kbit/s keeps all that a telephone's 3.4 kHz can carry. */
const encoding = ['-ac', '1', '-ar', '24000', '-c:a', 'libmp3lame', '-b:a', '32k'];

/** Without tags and tool versions, the bytes depend on the sound alone. */
const reproducible = ['-map_metadata', '-1', '-id3v2_version', '0', '-fflags', '+bitexact'];

const trimStart = 'silenceremove=start_periods=1:start_threshold=-50dB';
const shape = [
  'aresample=24000',
  'highpass=f=80',
  trimStart,
  `areverse,${trimStart},areverse`,
  'adelay=60',
  'apad=pad_dur=0.25',
].join(',');

const Measured = v.object({
  input_i: v.pipe(v.string(), v.transform(Number), v.finite()),
  input_tp: v.pipe(v.string(), v.transform(Number), v.finite()),
});

function ffmpeg(...args: string[]): string {
  const run = spawnSync('ffmpeg', ['-hide_banner', '-nostdin', '-y', ...args], {
    encoding: 'utf8',
  });
  if (run.error) throw run.error;
  if (run.status !== 0) throw new Error(`ffmpeg ${args.join(' ')}: ${run.stderr}`);
  return run.stderr;
}

function speak({ voice, text, spoken }: SamplePrompt, folder: string): string {
  const [script, wav] = [join(folder, 'script.txt'), join(folder, 'spoken.wav')];
  writeFileSync(script, spoken ?? text);
  if (voice.engine === 'flite') {
    ffmpeg('-f', 'lavfi', '-i', `flite=voice=${voice.name}:textfile=${script}`, wav);
  } else {
    const speed = String(voice.wordsPerMinute);
    execFileSync('espeak-ng', ['-v', voice.name, '-s', speed, '-f', script, '-w', wav]);
  }
  return wav;
}

/** Decibels that bring the sound to the target loudness, unless its peaks would clip first. */
function gain(wav: string): number {
  const log = ffmpeg('-i', wav, '-af', 'loudnorm=print_format=json', '-f', 'null', '-');
  const measured = v.parse(Measured, JSON.parse(log.slice(log.lastIndexOf('{'))));
  return Math.min(target.loudness - measured.input_i, target.truePeak - measured.input_tp);
}

function makePrompt(prompt: SamplePrompt): void {
  const folder = mkdtempSync(join(tmpdir(), 'make-prompts-'));
  try {
    const shaped = join(folder, 'shaped.wav');
    ffmpeg('-i', speak(prompt, folder), '-af', shape, shaped);
    const volume = `volume=${gain(shaped).toFixed(2)}dB`;
    ffmpeg('-i', shaped, '-af', volume, ...encoding, ...reproducible, promptPath(prompt));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

for (const prompt of samplePrompts) {
  makePrompt(prompt);
  console.log(prompt.file);
}
