import type { PhoneOptions } from '../../phone';
import type { CallFlow } from '../../src/call-flow/schema';
import { promptsOf } from '../../src/call-flow/steps';
import { isAssetPath } from '../../src/sync/asset-path';
import { servedBy } from '../inspector';
import type { Deployment } from './deployment';
import { DOMAIN_NAME, type Rehearsal } from './rehearsal';
import { type Heard, listen } from './telephone';

/** One step of the story, and what a caller heard after it. */
export interface Chapter {
  readonly step: 'deploy' | 'sync';
  /** Asset versions that the step uploaded. */
  readonly uploads: number;
  /** Of the live Build's Assets, those that are prompts. */
  readonly prompts: number;
  readonly heard: Heard;
}

/**
 * Deploys and syncs, twice each, and calls the number after each step.
 *
 * @param countUploads how many Asset versions were uploaded since it was asked last
 * @param habits of the Twilio that calls
 */
export async function* tellStory(
  rehearsal: Rehearsal,
  deployment: Deployment,
  countUploads: () => number,
  habits: Partial<PhoneOptions>,
): AsyncGenerator<Chapter> {
  const steps = {
    deploy: () => deployment.twilioRun('deploy'),
    sync: () => deployment.run('sync'),
  };
  for (const step of ['deploy', 'sync', 'deploy', 'sync'] as const) {
    await steps[step]();
    const uploads = countUploads();
    const live = rehearsal.twilio.liveBuild(DOMAIN_NAME);
    const prompts = live?.assets.filter(({ path }) => isAssetPath(path)).length ?? 0;
    yield { step, uploads, prompts, heard: await listen(rehearsal, habits) };
  }
}

/**
 * Whether the story went as it should: a deploy takes the prompts out of the Build, a sync brings
 * them back, without a second upload, and every call plays what the flow has recordings of, and says
 * nothing but the rest.
 */
export function isAsExpected(chapters: readonly Chapter[], flow: CallFlow): boolean {
  const [first, synced, again, back, ...more] = chapters;
  if (!first || !synced || !again || !back || more.length > 0) return false;
  const texts = textsWithoutRecording(flow);
  const isHeard = ({ heard: { played, said } }: Chapter, by: string) =>
    played.length + said.length > 0 &&
    played.every((step) => servedBy(step) === by && step.status === 200) &&
    said.every((words) => texts.has(words));
  return (
    [first, again].every((chapter) => chapter.prompts === 0 && isHeard(chapter, 'proxy')) &&
    [synced, back].every((chapter) => chapter.prompts > 0 && isHeard(chapter, 'Asset')) &&
    synced.uploads === synced.prompts &&
    back.uploads === 0
  );
}

function textsWithoutRecording(flow: CallFlow): Set<string> {
  const prompts = [...promptsOf(flow)].map(({ prompt }) => prompt);
  return new Set(prompts.flatMap(({ key, text }) => (key === undefined ? [text.trim()] : [])));
}
