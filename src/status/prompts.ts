import type { CallFlow } from '../call-flow/schema';
import { promptsOf } from '../call-flow/steps';
import { STATUS_PROMPTS_BYTES, SUGGESTIONS } from '../limits';
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
  /** Key → what S3 answered in place of the object. */
  readonly notGiven: ReadonlyMap<string, string>;
}

type Prompts = Pick<StatusResponse, 'prompts' | 'leftOut' | 'counts'>;

/** A prompt before it is written down: a bucket may have 100,000, of which few are listed. */
interface Entry extends Situation {
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

/** Every prompt that the call flow names, that is live, or that S3 has. */
export function describePrompts(facts: PromptFacts): Prompts {
  const entries = entriesOf(facts);
  const count = (state: Entry['state']) => entries.filter((entry) => entry.state === state).length;
  const prompts: PromptStatus[] = [];
  let bytes = 0;
  // Those that must not be left out come first.
  for (const entry of [...entries].sort((a, b) => importance(a) - importance(b))) {
    const prompt = describe(entry, facts);
    bytes += Buffer.byteLength(JSON.stringify(prompt)) + 1;
    if (bytes > STATUS_PROMPTS_BYTES) break;
    prompts.push(prompt);
  }
  const rank = ({ problem, usedBy }: PromptStatus) =>
    (problem === undefined ? 2 : 0) + (usedBy.length > 0 ? 0 : 1);
  return {
    prompts: prompts.sort((a, b) => rank(a) - rank(b)),
    leftOut: entries.length - prompts.length,
    counts: {
      asset: count('asset'),
      proxy: count('proxy'),
      spoken: count('spoken'),
      missing: count('missing'),
      unused: facts.flow ? entries.filter(({ use, object }) => object && !use).length : 0,
    },
  };
}

function importance({ use, problem }: Entry): number {
  if (use) return problem === undefined ? 1 : 0;
  return problem === undefined ? 3 : 2;
}

function entriesOf(facts: PromptFacts): Entry[] {
  const { playback, plan, notGiven, flow } = facts;
  const uses = flow ? usesOf(flow) : new Map<string, Use>();
  const objects = facts.listing && new Map(facts.listing.map((object) => [object.key, object]));
  const live = playback.manifest?.paths ?? new Map<string, string>();
  const skipped = new Map(plan?.skip.map((skip) => [skip.key, skip]));
  const keys = new Set([...uses.keys(), ...live.keys(), ...(objects?.keys() ?? [])]);
  const suggest = suggestionsFor(facts);
  return [...keys].map((key): Entry => {
    const use = uses.get(key);
    const object = objects?.get(key);
    const refusal = refusalIn(playback.manifest, key);
    const isAbsent = objects !== undefined && object === undefined;
    const situation: Situation = {
      key,
      source: chooseSource(key, playback),
      refusal,
      object,
      isAbsent,
      isUsed: use !== undefined,
      next: plan && change(live.get(key), plan.manifest.paths.get(key)),
      skip: skipped.get(key),
      detail: isAbsent && use ? suggest(key) : notGiven.get(key),
    };
    const isMissing = isAbsent || (objects === undefined && refusal === 'missing');
    const state = isMissing ? 'missing' : STATES[situation.source.via];
    return { ...situation, use, state, problem: problemOf(situation) };
  });
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

/** Says which key was meant by one that S3 lacks: of the first ones, as each is compared with all keys. */
function suggestionsFor({
  listing = [],
  prefix,
}: PromptFacts): (key: string) => string | undefined {
  const keys = listing.map(({ key }) => key);
  let left = SUGGESTIONS;
  return (key) => {
    const suggested = left-- > 0 ? suggestKey(key, keys, prefix) : undefined;
    return suggested === undefined ? undefined : suggestionSentence(key, suggested);
  };
}

function describe(entry: Entry, facts: PromptFacts): PromptStatus {
  const { key, state, use, object, problem, next } = entry;
  const since = sinceOf(entry, facts);
  const heardAt = heardAtOf(entry, facts);
  const storedAt = storedAtOf(entry, facts);
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

/** Through the proxy callers hear what S3 has, so that its last change counts, too. */
function sinceOf({ key, source, refusal, isAbsent, object }: Entry, { past }: PromptFacts) {
  const isTold =
    source.via === 'asset' || refusal !== undefined || (source.via === 'proxy' && !isAbsent);
  const since = past && isTold ? sinceWhen(key, past) : undefined;
  if (since === undefined || source.via !== 'proxy' || object === undefined) return since;
  const { lastModified } = object;
  return lastModified > since.at ? { at: lastModified, atLeast: false } : since;
}

function heardAtOf(entry: Entry, facts: PromptFacts): string | undefined {
  const { source, isAbsent } = entry;
  if (source.via === 'say' || whySilent(entry) !== undefined) return undefined;
  if (source.via === 'proxy') return isAbsent ? undefined : source.path();
  if (facts.areAssetsPublic) return source.path();
  // The proxy plays the same bytes.
  return isStoredAt(entry, source.path()) ? proxyPath(entry, facts) : undefined;
}

/** What S3 has, where callers hear something else. */
function storedAtOf(entry: Entry, facts: PromptFacts): string | undefined {
  const { source, object, next } = entry;
  if (object === undefined || source.via === 'proxy') return undefined;
  if (source.via === 'asset' && isStoredAt(entry, source.path())) return undefined;
  return source.via === 'asset' || next === 'upload' ? proxyPath(entry, facts) : undefined;
}

function isStoredAt({ key, object }: Entry, path: string): boolean {
  return object !== undefined && assetPath(key, object.etag) === path;
}

/** Undefined where the proxy cannot carry it. */
function proxyPath({ key, object, skip }: Entry, { playback }: PromptFacts): string | undefined {
  if (skip?.unplayable) return undefined;
  const source = throughProxy(key, { ...playback, manifest: undefined });
  if (source.via === 'say' || whySilent({ source, object }) !== undefined) return undefined;
  return source.path();
}
