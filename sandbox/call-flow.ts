import { readCallFlow as readProjectFlow } from '../cli/call-flow';
import { missingPromptsOf, missingSentence } from '../cli/deploy/missing-prompts';
import { PROJECT_DIRECTORY } from '../cli/project';
import type { CallFlow } from '../src/call-flow/schema';
import { systemClock } from '../src/clock';
import type { S3Config } from '../src/config';
import { credentialsOf } from '../src/credentials/with-aws-clients';
import { PromptBucket } from '../src/s3/prompts';

/** How long a bucket may take to be listed before anything starts. */
const LISTING_MS = 60_000;

/**
 * Reads the project's call flow, and checks it as the build does: it may have been edited since.
 *
 * @throws {ConfigError} naming each place, what stands there and what is allowed
 */
export function readCallFlow(projectDirectory = PROJECT_DIRECTORY): CallFlow {
  return readProjectFlow(projectDirectory);
}

/**
 * Lists a bucket and reads one byte of it, and compares it with the call flow.
 *
 * @returns a sentence for each prompt that the flow names and the bucket lacks
 * @throws {S3Error} when the bucket cannot be listed or read
 */
export async function promptWarnings(flow: CallFlow, s3: S3Config): Promise<string[]> {
  const deadline = Date.now() + LISTING_MS;
  const bucket = new PromptBucket(s3, { clock: systemClock, deadline, credentialsOf });
  try {
    const objects = await bucket.list();
    const [first] = objects;
    if (first) await bucket.readFirstByte(first);
    const keys = objects.map(({ key }) => key);
    const effect = 'callers hear nothing there until a sync, and then its text';
    return missingPromptsOf(flow, keys, s3.prefix).map((prompt) =>
      missingSentence(prompt, s3.prefix, effect),
    );
  } finally {
    bucket.close();
  }
}
