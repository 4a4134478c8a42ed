import { join } from 'node:path';
import * as v from 'valibot';
import { PROJECT_DIRECTORY } from '../../cli/project';
import data from './prompts.json';

const SamplePrompt = v.object({
  /** File name in this folder, Unicode NFC; also the end of the S3 key. */
  file: v.pipe(
    v.string(),
    v.endsWith('.mp3'),
    v.check((name) => name === name.normalize('NFC'), 'must be in Unicode NFC'),
  ),
  /** BCP 47 tag, as `<Say language>` takes it. */
  language: v.picklist(['en-US', 'ja-JP']),
  voice: v.variant('engine', [
    v.object({ engine: v.literal('flite'), name: v.string() }),
    v.object({
      engine: v.literal('espeak-ng'),
      name: v.string(),
      wordsPerMinute: v.pipe(v.number(), v.integer()),
    }),
  ]),
  /** What the prompt says, as a person writes it. */
  text: v.pipe(v.string(), v.nonEmpty()),
  /** What the voice is given instead, where it cannot read the text: kana for Japanese. */
  spoken: v.optional(v.pipe(v.string(), v.nonEmpty())),
});

export type SamplePrompt = v.InferOutput<typeof SamplePrompt>;

/** The folder that holds the sample MP3s. */
export const promptFolder = join(PROJECT_DIRECTORY, 'sandbox', 'prompts');

/** Every sample prompt, in the order of prompts.json. */
export const samplePrompts: readonly SamplePrompt[] = v.parse(v.array(SamplePrompt), data);

/** Where a sample prompt lies on this machine. */
export function promptPath(prompt: SamplePrompt): string {
  return join(promptFolder, prompt.file);
}
