import { type PromptStatus, STATES, type StatusResponse } from '../../src/status/response';

/** What the list can be narrowed to. */
export const VIEWS = ['all', ...STATES, 'problem', 'next', 'unused'] as const;
export type View = (typeof VIEWS)[number];

/** `order` is the server's: what is wrong first, then in the order of the call flow. */
export const SORTS = ['order', 'name', 'changed', 'since', 'size'] as const;
export type Sort = (typeof SORTS)[number];

export interface Choice {
  readonly view: View;
  /** Each of its words must stand somewhere in the key, the words or the problem. */
  readonly text: string;
  readonly sort: Sort;
}

/** The prompts of a choice, in its order. */
export function selectPrompts(prompts: readonly PromptStatus[], choice: Choice): PromptStatus[] {
  const wanted = fold(choice.text).split(/\s+/).filter(Boolean);
  const selected = prompts.filter((prompt) => {
    if (!isInView(prompt, choice.view)) return false;
    if (wanted.length === 0) return true;
    const text = textOf(prompt);
    return wanted.every((word) => text.includes(word));
  });
  const compare = COMPARE[choice.sort];
  return compare ? selected.sort(compare) : selected;
}

/** How many prompts each view has; of states and of unused ones the server counts what it left out, too. */
export function countViews({
  prompts,
  counts,
  leftOut,
}: Pick<StatusResponse, 'prompts' | 'counts' | 'leftOut'>): Record<View, number> {
  const count = (view: View) => prompts.filter((prompt) => isInView(prompt, view)).length;
  return {
    ...counts,
    all: prompts.length + leftOut,
    problem: count('problem'),
    next: count('next'),
  };
}

function isInView(prompt: PromptStatus, view: View): boolean {
  if (view === 'all') return true;
  if (view === 'problem' || view === 'next') return prompt[view] !== undefined;
  if (view === 'unused') return prompt.usedBy.length === 0;
  return prompt.state === view;
}

const texts = new WeakMap<PromptStatus, string>();

/** What the filter looks at; made once for each prompt, not at each key. */
function textOf(prompt: PromptStatus): string {
  const { key, words = '', problem = '' } = prompt;
  const text = texts.get(prompt) ?? fold(`${key}\n${words}\n${problem}`);
  texts.set(prompt, text);
  return text;
}

/** Capitals, and forms of a letter that look the same, make no difference. */
function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

const NAMES = new Intl.Collator('en', { numeric: true });

type Compare = (a: PromptStatus, b: PromptStatus) => number;

/** The largest first; what is not known comes last. */
function byLargest(of: (prompt: PromptStatus) => number | undefined): Compare {
  return (a, b) => (of(b) ?? -1) - (of(a) ?? -1);
}

function timeOf(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time);
}

const COMPARE: Readonly<Record<Sort, Compare | undefined>> = {
  order: undefined,
  name: (a, b) => NAMES.compare(a.key, b.key),
  changed: byLargest(({ object }) => timeOf(object?.lastModified)),
  since: byLargest(({ since }) => timeOf(since?.at)),
  size: byLargest(({ object }) => object?.bytes),
};
