import type { StatusResponse } from '../src/status/response';
import type { Tone } from './components/tone';
import { formatCount } from './format';

interface Summary {
  readonly tone: Tone;
  readonly words: string;
}

/** How the deployment is, in a few words: the worst of what there is to say. */
export function summarize(status: StatusResponse): Summary {
  const { prompts, live, twilioProblem, bucket, nextSync } = status;
  const problems = prompts.filter(({ problem }) => problem !== undefined).length;
  const changes = countChanges(status);
  if (problems > 0) {
    return { tone: 'bad', words: formatCount(problems, 'problem') };
  }
  if (twilioProblem !== undefined || bucket.problem !== undefined) {
    return { tone: 'warn', words: 'Not all is known' };
  }
  if (live === undefined) return { tone: 'bad', words: 'Nothing is live' };
  if (changes > 0 || nextSync?.build) {
    const words = changes > 0 ? `${formatCount(changes, 'change')} to sync` : 'A sync is due';
    return { tone: 'quiet', words };
  }
  return { tone: 'good', words: 'Up to date' };
}

/** Prompts that the next sync changes. */
export function countChanges({ prompts }: Pick<StatusResponse, 'prompts'>): number {
  return prompts.filter(({ next }) => next !== undefined).length;
}
