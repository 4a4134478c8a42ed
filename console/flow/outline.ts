import type { FlowEdge, FlowNode } from '../../src/status/response';

/** A node in the list, with what it leads to. */
export interface Entry {
  readonly node: FlowNode;
  readonly exits: readonly {
    readonly label: string;
    readonly to: FlowNode;
    /** Where the node stands here; missing where it stands elsewhere. */
    readonly entry?: Entry;
  }[];
}

/**
 * The graph as nested lists, which have each node once: what a call begins with, each menu and the
 * farewell are at the top, with what follows until the next of these. So are nodes that no call reaches.
 */
export function outlineOf(nodes: readonly FlowNode[], edges: readonly FlowEdge[]): Entry[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const placed = new Set<FlowNode>();
  const place = (node: FlowNode): Entry => {
    placed.add(node);
    const exits = edges
      .filter(({ from }) => from === node.id)
      .flatMap(({ to: id, label }) => {
        const to = byId.get(id);
        if (!to) return [];
        return [{ label, to, ...(!isTop(to) && !placed.has(to) && { entry: place(to) }) }];
      });
    return { node, exits };
  };
  const top = nodes.filter(isTop).map(place);
  return [...top, ...nodes.flatMap((node) => (placed.has(node) ? [] : [place(node)]))];
}

const isTop = ({ kind }: FlowNode): boolean =>
  kind === 'start' || kind === 'menu' || kind === 'farewell';

/** The nodes that a call can come to. Any call may end at the farewell. */
export function reachable(
  nodes: readonly FlowNode[],
  edges: readonly FlowEdge[],
): ReadonlySet<string> {
  const starts = nodes.filter(({ kind }) => kind === 'start' || kind === 'farewell');
  const reached = new Set(starts.map(({ id }) => id));
  // A set's iteration includes what is added meanwhile.
  for (const id of reached) for (const { from, to } of edges) if (from === id) reached.add(to);
  return reached;
}

/** The edges that lead back to where a call has been on its way: without them there is no circle. */
export function returningEdges(
  nodes: readonly FlowNode[],
  edges: readonly FlowEdge[],
): ReadonlySet<FlowEdge> {
  const returning = new Set<FlowEdge>();
  const states = new Map<string, 'on the way' | 'done'>();
  const follow = (id: string): void => {
    states.set(id, 'on the way');
    for (const edge of edges) {
      if (edge.from !== id) continue;
      const state = states.get(edge.to);
      if (state === 'on the way') returning.add(edge);
      else if (state === undefined) follow(edge.to);
    }
    states.set(id, 'done');
  };
  for (const { id } of nodes) if (!states.has(id)) follow(id);
  return returning;
}
