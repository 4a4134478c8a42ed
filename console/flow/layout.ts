import { graphlib, layout } from '@dagrejs/dagre';
import type { FlowEdge } from '../../src/status/response';

/** Pixels, before the reader's text size scales them. */
interface Size {
  readonly width: number;
  readonly height: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where a box is, by its top left corner. */
export interface Box extends Size, Point {
  readonly id: string;
}

/** All edges from one node to another: they are one line. */
export interface Line {
  readonly from: string;
  readonly to: string;
  readonly labels: readonly string[];
  /** For a `path`. */
  readonly d: string;
  /** Where the middle of the label is. */
  readonly middle: Point;
}

export interface Layout extends Size {
  readonly boxes: readonly Box[];
  readonly lines: readonly Line[];
}

/** Between a box and the next one in its column. */
const GAP = 20;
/** Between columns, besides what labels need. */
const COLUMN_GAP = 28;
const MARGIN = 12;

/**
 * Lays a graph out from left to right.
 *
 * @param edges of a graph without circles
 * @param boxes in the order in which a call meets them
 * @param sizeOf of a label, such as `1` or `silence`
 */
export function layOutGraph(
  boxes: readonly (Size & { readonly id: string })[],
  edges: readonly FlowEdge[],
  sizeOf: (label: string) => Size,
): Layout {
  const graph = new graphlib.Graph();
  graph.setGraph({
    rankdir: 'LR',
    nodesep: GAP,
    edgesep: 10,
    ranksep: COLUMN_GAP,
    marginx: MARGIN,
    marginy: MARGIN,
  });
  for (const { id, width, height } of boxes) graph.setNode(id, { width, height });
  const joined = joinEdges(edges);
  for (const { from, to, labels } of joined) {
    const sizes = labels.map(sizeOf);
    const width = Math.max(0, ...sizes.map((size) => size.width));
    const height = sizes.reduce((sum, size) => sum + size.height, 0);
    graph.setEdge(from, to, { width, height, labelpos: 'c' });
  }
  // The order of the boxes is that of the call: dagre's own search for fewer crossings would mix the keys.
  layout(graph, { disableOptimalOrderHeuristic: true });
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    boxes: boxes.map(({ id, width, height }) => {
      const { x, y } = graph.node(id);
      return { id, width, height, x: x - width / 2, y: y - height / 2 };
    }),
    lines: joined.map((edge) => {
      const { points, x, y } = graph.edge(edge.from, edge.to);
      const start = graph.node(edge.from);
      const end = graph.node(edge.to);
      const between = points.slice(1, -1);
      const d = curve([edgeOf(start, 1), ...between, edgeOf(end, -1)]);
      return { ...edge, d, middle: { x, y } };
    }),
  };
}

/** The middle of a box's right side, or with -1 of its left side. */
function edgeOf({ x, y, width }: Point & Pick<Size, 'width'>, side: 1 | -1): Point {
  return { x: x + (side * width) / 2, y };
}

function joinEdges(edges: readonly FlowEdge[]): Pick<Line, 'from' | 'to' | 'labels'>[] {
  const joined = new Map<string, { from: string; to: string; labels: string[] }>();
  for (const { from, to, label } of edges) {
    const name = JSON.stringify([from, to]);
    const line = joined.get(name) ?? { from, to, labels: [] };
    if (label !== '') line.labels.push(label);
    joined.set(name, line);
  }
  return [...joined.values()];
}

/** A curve through all points, from left to right, level at each of them. */
function curve([first, ...rest]: readonly Point[]): string {
  if (!first) return '';
  let last = first;
  let d = `M${at(first)}`;
  for (const next of rest) {
    const x = (last.x + next.x) / 2;
    d += `C${at({ x, y: last.y })} ${at({ x, y: next.y })} ${at(next)}`;
    last = next;
  }
  return d;
}

const at = ({ x, y }: Point): string => `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
