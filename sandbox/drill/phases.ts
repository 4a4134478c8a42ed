import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { CallEvent, CallSummary } from '../../phone';
import { CALL_FLOW_FILE } from '../../src/call-flow/files';
import { PlayError } from '../../src/errors';
import { PROXY_TIMEOUT_MS } from '../../src/limits';
import type { Hang } from '../hang';
import type { ProjectCopy } from '../rehearsal/project-copy';
import { DOMAIN_NAME, type Rehearsal } from '../rehearsal/rehearsal';
import type { PhaseRules } from './tally';

/** What a phase works with. */
export interface Drill {
  readonly rehearsal: Rehearsal;
  readonly project: ProjectCopy;
  readonly hang: Hang;
  /** Calls the number, as a caller who presses these digits. */
  dial(digits: readonly string[]): AsyncGenerator<CallEvent, CallSummary>;
}

/** What happens to the deployment while calls go on. */
export interface Phase extends PhaseRules {
  /** @throws {PlayError} when what is to happen does not happen */
  run(drill: Drill): Promise<void>;
}

/** One webhook of so many hangs. */
const HANGING_ONE_OF = 4;
const HANGING_MS = 8000;

/** Beside the key that the bucket begins with. */
const NEW_KEY_ID = 'AKIAI44QH8DHBEXAMPLE';

/** The auth token is not rotated: docs/operating.md says what callers may notice then. */
export const PHASES: readonly Phase[] = [
  { name: 'calls alone', avoidsProxy: true, run: async () => undefined },
  { name: 'replace prompts, sync', avoidsProxy: true, run: replacePrompts },
  { name: 'break S3', avoidsProxy: true, run: breakS3 },
  { name: 'hang webhooks', run: hangWebhooks },
  { name: 'deploy', avoidsProxy: true, run: deploy },
  { name: 'roll back, sync', avoidsProxy: true, run: rollBack },
  { name: 'rotate the S3 key', run: rotateS3Key },
  { name: 'rotate ADMIN_SECRET', run: rotateAdminSecret },
  { name: 'bare deploy, sync', losesAssets: true, run: deployBare },
];

async function replacePrompts(drill: Drill): Promise<void> {
  const { project } = drill;
  const hours = replacePrompt(drill, 'hours.mp3');
  await project.shell('npm run sync');
  await expectToHear(drill, ['1'], isRecording(hours));
  const directions = replacePrompt(drill, 'directions.mp3');
  await project.shell(`npm run sync -- --remote https://${DOMAIN_NAME}`);
  await expectToHear(drill, ['2'], isRecording(directions));
}

async function breakS3(drill: Drill): Promise<void> {
  const { rehearsal, project } = drill;
  await rehearsal.s3.stop();
  await project.shell('if npm run sync; then exit 1; fi');
  await project.shell(`if npm run sync -- --remote https://${DOMAIN_NAME}; then exit 1; fi`);
  await rehearsal.s3.start();
  const hours = replacePrompt(drill, 'hours.mp3');
  await project.shell('npm run sync');
  await expectToHear(drill, ['1'], isRecording(hours));
}

async function hangWebhooks({ hang }: Drill): Promise<void> {
  hang.begin(HANGING_ONE_OF);
  await wait(HANGING_MS);
  hang.end();
}

/**
 * Deploys another call flow. A menu has another name in it, so that calls in progress come from a menu
 * that is not there.
 */
async function deploy(drill: Drill): Promise<void> {
  const { project } = drill;
  const file = join(project.directory, CALL_FLOW_FILE);
  const before = readFileSync(file, 'utf8');
  const after = before
    .replaceAll('"japanese"', '"nihongo"')
    .replace(/"key": "prompts\/unknown.mp3",\s*/, '')
    .replace(OLD_WORDS, NEW_WORDS);
  writeFileSync(file, after);
  await project.shell('npm run deploy');
  await expectToHear(drill, ['9'], isText(NEW_WORDS));
  // The code that is live is the one that was deployed.
  writeFileSync(file, before);
}

async function rollBack(drill: Drill): Promise<void> {
  const { project } = drill;
  await project.shell('npm run rollback -- --yes');
  await project.shell('npm run sync');
  await expectToHear(drill, ['9'], isAssetOf('unknown'));
}

/** The steps of docs/operating.md, while each caller who presses 1 needs the key. */
async function rotateS3Key({ rehearsal, project }: Drill): Promise<void> {
  project.fillIn({ SYNC_EXCLUDE: 'hours.mp3', AUDIO_CACHE_MB: '0' });
  await project.shell('npm run configure && npm run sync');
  const { secrets } = rehearsal.s3;
  const { S3_ACCESS_KEY_ID: oldId = '' } = rehearsal.variables;
  const secret = randomBytes(20).toString('hex');
  secrets.set(NEW_KEY_ID, secret);
  project.fillIn({
    S3_ACCESS_KEY: `${NEW_KEY_ID}:${secret}`,
    S3_ACCESS_KEY_ID: '',
    S3_SECRET_ACCESS_KEY: '',
  });
  await project.shell('npm run doctor && npm run configure');
  // Requests that began before end within this time, which is less than a person's minute.
  await wait(PROXY_TIMEOUT_MS);
  secrets.delete(oldId);
  await project.shell('npm run doctor');
  project.fillIn({ SYNC_EXCLUDE: '', AUDIO_CACHE_MB: '32' });
  await project.shell('npm run configure && npm run sync');
}

/** The steps of docs/operating.md. */
async function rotateAdminSecret({ rehearsal, project }: Drill): Promise<void> {
  project.fillIn({ ADMIN_SECRET: randomBytes(32).toString('hex') });
  await project.shell('npm run configure');
  const sync = `https://${DOMAIN_NAME}/sync`;
  const old = `Authorization: Bearer ${rehearsal.variables.ADMIN_SECRET}`;
  const refused = await project.shell(
    `curl --silent --output /dev/null --write-out '%{http_code}' -X POST ${sync} -H '${old}'`,
  );
  if (refused !== '401') throw new PlayError(`/sync answers ${refused} to the old ADMIN_SECRET.`);
  await project.shell(`npm run sync -- --remote https://${DOMAIN_NAME}`);
}

/** What the toolkit does alone: the Assets are gone until the sync. */
async function deployBare({ project }: Drill): Promise<void> {
  await project.shell('npm run build && npx twilio-run deploy && npm run sync');
}

/** @returns the new recording */
function replacePrompt({ rehearsal }: Drill, name: string): Buffer {
  const { s3, variables } = rehearsal;
  const { S3_BUCKET = '', S3_PREFIX } = variables;
  const key = `${S3_PREFIX}${name}`;
  const { body, headers } = s3.store.get(S3_BUCKET, key) ?? {};
  if (body === undefined) throw new PlayError(`The bucket has no ${key}.`);
  // Players ignore what follows the last frame.
  const replaced = Buffer.concat([body, Buffer.from(`replaced at ${Date.now()}`)]);
  s3.store.put(S3_BUCKET, key, replaced, { headers });
  return replaced;
}

/** What a caller hears who presses a key that the menu does not have. */
const OLD_WORDS = 'Sorry, that is not one of the choices.';
const NEW_WORDS = 'There is no such choice.';

const isText =
  (text: string) =>
  (event: CallEvent): boolean =>
    event.kind === 'verb' && event.text === text;

const isAssetOf =
  (name: string) =>
  (event: CallEvent): boolean =>
    event.kind === 'media' && new URL(event.url).pathname.startsWith(`/audio/${name}.`);

const isRecording =
  (recording: Buffer) =>
  (event: CallEvent): boolean =>
    event.kind === 'media' && event.body?.equals(recording) === true;

/** @throws {PlayError} when a caller who presses these digits does not hear it */
async function expectToHear(
  { dial }: Drill,
  digits: readonly string[],
  isIt: (event: CallEvent) => boolean,
): Promise<void> {
  for await (const event of dial(digits)) if (isIt(event)) return;
  throw new PlayError(`A caller who presses ${digits} does not hear what is new.`);
}
