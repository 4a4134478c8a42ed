import type { CallFlow } from '../call-flow/schema';
import { promptsOf } from '../call-flow/steps';
import { STATUS_COMPARISONS, STATUS_PROMPTS, STATUS_PROMPTS_BYTES, SUGGESTIONS } from '../limits';
import { chooseSource, type PlaybackOptions, throughProxy } from '../playback/playback';
import type { PromptObject } from '../s3/prompts';
import { assetPath } from '../sync/asset-path';
import type { Plan } from '../sync/plan';
import { suggestionSentence, suggestKey } from '../sync/suggestion';
import type { Past } from './history';
import { problemOf, type Situation, whySilent } from './problems';
import { refusalIn } from './reasons';
import type { PromptStatus, StatusResponse } from './response';
import { sinceWhen } from './since';

/** What the prompts are told from. What could not be asked is undefined. */
export interface PromptFacts {
  readonly flow: CallFlow | undefined;
  /** As the deployed Functions have it. */
  readonly playback: PlaybackOptions;
  readonly listing: readonly PromptObject[] | undefined;
  /** What the next sync does. */
  readonly plan: Plan | undefined;
  readonly past: Past | undefined;
  /** S3_PREFIX. */
  readonly prefix: string;
  /** Whether a browser may get an Asset: a protected one is for Twilio alone. */
  readonly areAssetsPublic: boolean;
  /** Key → what S3 answers in place of the object. */
  readonly answers: ReadonlyMap<string, string>;
}

type Prompts = Pick<StatusResponse, 'prompts' | 'leftOut' | 'counts'>;

/** A prompt before it is written down. */
interface Entry {
  readonly situation: Situation;
  readonly use: Use | undefined;
  readonly state: PromptStatus['state'];
  readonly problem: string | undefined;
}

/** Where the call flow plays a prompt, and what it says in its place. */
interface Use {
  readonly at: string[];
  readonly words: string;
  readonly language: string | undefined;
}

/**
 * Every prompt that the call flow names, that is live, or that S3 has. Where they are too many for one
 * response, those of the call flow stay, then those with a problem.
 */
export function describePrompts(facts: PromptFacts): Prompts {
  const { entries, total, counts } = entriesOf(facts);
  const prompts: PromptStatus[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const prompt = describe(entry, facts);
    bytes += Buffer.byteLength(JSON.stringify(prompt)) + 1;
    if (prompts.length >= STATUS_PROMPTS || bytes > STATUS_PROMPTS_BYTES) break;
    prompts.push(prompt);
  }
  const hasProblem = ({ problem }: PromptStatus) => problem !== undefined;
  return {
    prompts: [...prompts.filter(hasProblem), ...prompts.filter((prompt) => !hasProblem(prompt))],
    leftOut: total - prompts.length,
    counts,
  };
}

/** The most important ones first; of a bucket of 100,000 keys most are only counted. */
function entriesOf(facts: PromptFacts) {
  const { flow, listing = [], playback } = facts;
  const uses = flow ? usesOf(flow) : new Map<string, Use>();
  const named = new Set([...uses.keys(), ...(playback.manifest?.paths.keys() ?? [])]);
  const objects = new Map(
    listing.flatMap((object) => (named.has(object.key) ? [[object.key, object]] : [])),
  );
  const judge = judgeOf(facts);
  const counts = { asset: 0, proxy: 0, spoken: 0, missing: 0, unused: 0 };
  const used: Entry[] = [];
  const wrong: Entry[] = [];
  const others: Entry[] = [];
  let total = 0;
  const add = (key: string, object: PromptObject | undefined) => {
    const use = uses.get(key);
    const { situation, state } = judge(key, object, use !== undefined);
    counts[state] += 1;
    if (flow && object && !use) counts.unused += 1;
    total += 1;
    if (!use && wrong.length >= STATUS_PROMPTS) return;
    const entry: Entry = { situation, use, state, problem: problemOf(situation) };
    if (use) used.push(entry);
    else if (entry.problem !== undefined) wrong.push(entry);
    else if (others.length < STATUS_PROMPTS) others.push(entry);
  };
  for (const key of named) add(key, objects.get(key));
  for (const object of listing) if (!named.has(object.key)) add(object.key, object);
  return { entries: [...used, ...wrong, ...others], total, counts };
}

/** Makes what judges one key after the other. */
function judgeOf({ listing, playback, plan, answers, prefix }: PromptFacts) {
  const live = playback.manifest?.paths;
  const skipped = new Map(plan?.skip.map((skip) => [skip.key, skip]));
  const suggest = suggestionsFor(listing ?? [], prefix);
  return (key: string, object: PromptObject | undefined, isUsed: boolean) => {
    const isAbsent = listing !== undefined && object === undefined;
    const source = chooseSource(key, playback);
    const refusal = refusalIn(playback.manifest, key);
    const situation: Situation = {
      key,
      source,
      refusal,
      object,
      isAbsent,
      isUsed,
      next: plan && change(live?.get(key), plan.manifest.paths.get(key)),
      skip: skipped.get(key),
      detail: isAbsent && isUsed ? suggest(key) : answers.get(key),
    };
    const isMissing = isAbsent || (object === undefined && refusal === 'missing');
    return { situation, state: isMissing ? ('missing' as const) : STATES[source.via] };
  };
}

const STATES = { asset: 'asset', proxy: 'proxy', say: 'spoken' } as const;

function usesOf(flow: CallFlow): Map<string, Use> {
  const uses = new Map<string, Use>();
  for (const { at, prompt } of promptsOf(flow)) {
    const { key, text: words, language = flow.language } = prompt;
    if (key === undefined) continue;
    const known = uses.get(key);
    if (known) known.at.push(at);
    else uses.set(key, { at: [at], words, language });
  }
  return uses;
}

/** What a sync does with a key, by its path before and after. */
function change(before: string | undefined, after: string | undefined): PromptStatus['next'] {
  if (before === after) return undefined;
  if (before === undefined) return 'upload';
  return after === undefined ? 'remove' : 'replace';
}

/** Says which key was meant by one that S3 lacks: by the first ones, as each is compared with all keys. */
function suggestionsFor(listing: readonly PromptObject[], prefix: string) {
  const keys = listing.map(({ key }) => key);
  let left = Math.min(SUGGESTIONS, STATUS_COMPARISONS / Math.max(1, keys.length));
  return (key: string): string | undefined => {
    if (left-- < 1) return undefined;
    const suggested = suggestKey(key, keys, prefix);
    return suggested === undefined ? undefined : suggestionSentence(key, suggested);
  };
}

function describe(entry: Entry, facts: PromptFacts): PromptStatus {
  const { situation, state, use, problem } = entry;
  const { key, object, next } = situation;
  const since = sinceOf(situation, facts);
  const heardAt = heardAtOf(situation, facts);
  const storedAt = storedAtOf(situation, facts);
  return {
    key,
    state,
    ...(use && { words: use.words }),
    ...(use?.language && { language: use.language }),
    ...(object && {
      object: { bytes: object.size, lastModified: object.lastModified.toISOString() },
    }),
    ...(since && { since: { at: since.at.toISOString(), atLeast: since.atLeast } }),
    usedBy: use?.at ?? [],
    ...(problem !== undefined && { problem }),
    ...(next && { next }),
    ...(heardAt !== undefined && { heardAt }),
    ...(storedAt !== undefined && { storedAt }),
  };
}

/** Undefined where it depends on more than what is live, such as a variable of the deployment. */
function sinceOf({ key, source, refusal, isAbsent, object }: Situation, { past }: PromptFacts) {
  const isKnown =
    source.via === 'asset' || (source.via === 'proxy' ? !isAbsent : refusal !== undefined);
  const since = past && isKnown ? sinceWhen(key, past) : undefined;
  if (since === undefined || source.via !== 'proxy' || object === undefined) return since;
  // Through the proxy callers hear what S3 has, so that its last change counts.
  const { lastModified } = object;
  return lastModified > since.at ? { at: lastModified, atLeast: false } : since;
}

function heardAtOf(situation: Situation, facts: PromptFacts): string | undefined {
  const { source, isAbsent, skip } = situation;
  if (source.via === 'say' || whySilent(situation) !== undefined) return undefined;
  if (source.via === 'proxy') return isAbsent || skip?.unplayable ? undefined : source.path();
  if (facts.areAssetsPublic) return source.path();
  // The proxy plays the same bytes.
  return isStoredAt(situation, source.path()) ? proxyPath(situation, facts) : undefined;
}

/** What S3 has, where callers hear something else. */
function storedAtOf(situation: Situation, facts: PromptFacts): string | undefined {
  const { source, object, next } = situation;
  if (object === undefined || source.via === 'proxy') return undefined;
  if (source.via === 'say') return next === 'upload' ? proxyPath(situation, facts) : undefined;
  return isStoredAt(situation, source.path()) ? undefined : proxyPath(situation, facts);
}

function isStoredAt({ key, object }: Situation, path: string): boolean {
  return object !== undefined && assetPath(key, object.etag) === path;
}

/** Undefined where the proxy cannot carry it. */
function proxyPath(
  { key, object, skip }: Situation,
  { playback }: PromptFacts,
): string | undefined {
  if (skip?.unplayable) return undefined;
  const source = throughProxy(key, { ...playback, manifest: undefined });
  if (source.via === 'say' || whySilent({ source, object }) !== undefined) return undefined;
  return source.path();
}
