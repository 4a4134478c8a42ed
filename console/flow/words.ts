import type { FlowNode } from '../../src/status/response';

/** What a node is: such as “Menu main”, or “Dial +12025550143”. */
export function headingOf({ kind, title }: Pick<FlowNode, 'kind' | 'title'>): string {
  return `${KINDS[kind]} ${title}`.trimEnd();
}

const KINDS: Readonly<Record<FlowNode['kind'], string>> = {
  start: 'A call comes in',
  menu: 'Menu',
  play: 'Play',
  hours: 'Opening hours',
  dial: 'Dial',
  record: 'Take a message',
  hangup: 'Hang up',
  farewell: 'Farewell',
};

/** What leads from one node to the next: such as “Key 1”, “Silence”, or “Then”. */
export function exitWords(label: string): string {
  if (label === '') return 'Then';
  if (!isKeys(label)) return label.charAt(0).toUpperCase() + label.slice(1);
  return `${label.length === 1 ? 'Key' : 'Keys'} ${label}`;
}

export const isKeys = (label: string): boolean => /^[\d*#]+$/.test(label);

/** A node where it is named: its words say which it is, if it has no title. */
export function nameOf(node: FlowNode): string {
  const [prompt] = node.prompts;
  return node.title === '' && node.kind === 'play' && prompt
    ? `${headingOf(node)} “${prompt.words}”`
    : headingOf(node);
}

/** Where a node leads back, one line for each place: such as “silence → this menu”. */
export function returnWords(
  node: FlowNode,
  returns: readonly { readonly label: string; readonly to: FlowNode }[],
): string[] {
  const labels = new Map<FlowNode, string[]>();
  for (const { label, to } of returns) {
    labels.set(to, [...(labels.get(to) ?? []), ...(label === '' ? [] : [label])]);
  }
  return [...labels].map(([to, by]) =>
    `${by.join(', ')} → ${to === node ? 'this menu' : nameOf(to)}`.trim(),
  );
}
