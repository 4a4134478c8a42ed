import type { MediaStep, PhoneOptions } from '../../src/phone';
import { isAssetPath } from '../../src/sync/identity';
import { servedBy } from '../inspector';
import type { Deployment } from './deployment';
import { DOMAIN_NAME, type Rehearsal } from './rehearsal';
import { listen } from './telephone';

/** One step of the story, and what a caller heard after it. */
export interface Chapter {
  readonly step: 'deploy' | 'sync';
  /** Asset versions that the step uploaded. */
  readonly uploads: number;
  /** Of the live Build's Assets, those that are prompts. */
  readonly prompts: number;
  readonly heard: readonly MediaStep[];
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
 * them back, without a second upload, and every call plays.
 */
export function isAsExpected(chapters: readonly Chapter[]): boolean {
  const [first, synced, again, back, ...more] = chapters;
  if (!first || !synced || !again || !back || more.length > 0) return false;
  const plays = ({ heard }: Chapter, by: string) =>
    heard.length > 0 && heard.every((step) => servedBy(step) === by && step.status === 200);
  return (
    [first, again].every((chapter) => chapter.prompts === 0 && plays(chapter, 'proxy')) &&
    [synced, back].every((chapter) => chapter.prompts > 0 && plays(chapter, 'Asset')) &&
    synced.uploads === synced.prompts &&
    back.uploads === 0
  );
}
