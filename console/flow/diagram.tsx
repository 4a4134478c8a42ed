import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { FlowEdge, StatusResponse } from '../../src/status/response';
import { PATHS } from '../components/icon';
import { routeTo } from '../route';
import {
  BOX_PX,
  type Face,
  FONT_PX,
  faceOf,
  ICON_PX,
  type LineKind,
  type Mark,
  PADDING_PX,
} from './face';
import { type Box, type Line, layOutGraph } from './layout';
import { reachable, returningEdges } from './outline';
import { isKeys, returnWords } from './words';

/** As the browser has it by default; a reader's larger text scales the diagram. */
const ROOT_FONT_PX = 16;
const LABEL_PX = 20;

interface DiagramProps {
  readonly flow: StatusResponse['flow'];
  readonly marks: ReadonlyMap<string, Mark>;
  readonly wanted: string | undefined;
}

/** The call flow from left to right: boxes, and lines with what leads from one to the next. */
export function Diagram({ flow, marks, wanted }: DiagramProps) {
  const svg = useRef<SVGSVGElement>(null);
  const { faces, width, height, boxes, lines } = useMemo(() => draw(flow, marks), [flow, marks]);
  useEffect(() => {
    const region = svg.current?.parentElement;
    const start = svg.current?.querySelector('[data-node]')?.getBoundingClientRect();
    if (region && start)
      region.scrollTop = start.top - region.getBoundingClientRect().top - region.clientHeight / 2;
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    const node = event.target instanceof Element ? event.target.closest('[data-node]') : null;
    const next = node && neighbour(flow, node.getAttribute('data-node') ?? '', event.key);
    if (next === undefined || next === null) return;
    event.preventDefault();
    svg.current?.querySelector<SVGElement>(`[data-node="${CSS.escape(next)}"]`)?.focus();
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keyboard
    <section class="diagram" aria-label="Diagram of the call flow" tabIndex={0}>
      {/* biome-ignore lint/a11y/useSemanticElements: SVG has no fieldset */}
      <svg
        ref={svg}
        role="group"
        aria-label="Call flow"
        viewBox={`0 0 ${width} ${height}`}
        width={`${width / ROOT_FONT_PX}rem`}
        height={`${height / ROOT_FONT_PX}rem`}
        onKeyDown={onKeyDown}
      >
        <defs>
          <marker
            id="arrow"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="8"
            markerHeight="8"
            orient="auto-start-reverse"
          >
            <path d="M0 0.5 7 4 0 7.5" />
          </marker>
        </defs>
        {lines.map((line) => (
          <path key={line.d} class="line" d={line.d} marker-end="url(#arrow)" />
        ))}
        {lines.map((line) => (
          <Labels key={line.d} line={line} />
        ))}
        {boxes.map((box, index) => {
          const face = faces[index];
          return face && <Node key={box.id} box={box} face={face} isWanted={box.id === wanted} />;
        })}
      </svg>
    </section>
  );
}

function draw(flow: StatusResponse['flow'], marks: ReadonlyMap<string, Mark>) {
  const { nodes, edges } = flow;
  const measure = measureText();
  const reached = reachable(nodes, edges);
  // What no call reaches would push what calls begin with to the right.
  const isStray = ({ from, to }: FlowEdge) => reached.has(to) && !reached.has(from);
  const returning = new Set([...returningEdges(nodes, edges), ...edges.filter(isStray)]);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const faces = nodes.map((node) => {
    const returns = [...returning].flatMap(({ from, to: id, label }) => {
      const to = byId.get(id);
      return to && from === node.id ? [{ label, to }] : [];
    });
    const face = { mark: marks.get(node.id), returns: returnWords(node, returns) };
    return faceOf(node, face, (kind) => (text) => measure(text, kind));
  });
  const onward = edges.filter((edge) => !returning.has(edge));
  const layout = layOutGraph(faces, onward, (label) => ({
    width: Math.max(LABEL_PX, measure(label, 'words') + 12),
    height: LABEL_PX,
  }));
  return { faces, ...layout };
}

/** Measures as the browser draws: fonts are those of the reader's system. */
function measureText(): (text: string, kind: LineKind) => number {
  const context = document.createElement('canvas').getContext('2d');
  return (text, kind) => {
    if (!context) return text.length * FONT_PX[kind];
    const family = kind === 'file' ? 'ui-monospace, monospace' : 'system-ui, sans-serif';
    context.font = `${kind === 'heading' || kind === 'mark' ? 600 : 400} ${FONT_PX[kind]}px ${family}`;
    return context.measureText(text).width;
  };
}

/** Along the edges with the left and right arrow, in the order of the call with up and down. */
function neighbour({ nodes, edges }: StatusResponse['flow'], id: string, key: string) {
  const index = nodes.findIndex((node) => node.id === id);
  if (key === 'ArrowRight') return edges.find(({ from, to }) => from === id && to !== id)?.to;
  if (key === 'ArrowLeft') return edges.find(({ from, to }) => to === id && from !== id)?.from;
  if (key === 'ArrowDown') return nodes[index + 1]?.id;
  return key === 'ArrowUp' ? nodes[index - 1]?.id : undefined;
}

interface NodeProps {
  readonly box: Box;
  readonly face: Face;
  readonly isWanted: boolean;
}

function Node({ box, face, isWanted }: NodeProps) {
  const { key, name, mark, lines } = face;
  const attributes = {
    class: ['node', mark && 'marked', isWanted && 'wanted'].filter(Boolean).join(' '),
    transform: `translate(${box.x} ${box.y})`,
    'data-node': box.id,
  };
  const content = (
    <>
      <title>{name}</title>
      <rect width={box.width} height={box.height} rx="6" />
      {mark && (
        <path
          class="icon node-icon"
          transform={`translate(${PADDING_PX} ${(lines.at(-1)?.y ?? 0) - ICON_PX / 2 + 1})`}
          d={PATHS.warning}
        />
      )}
      {lines.map(({ kind, text, y, isRightToLeft, language }) => (
        <text
          key={y}
          class={`node-${kind}`}
          x={isRightToLeft ? BOX_PX - PADDING_PX : PADDING_PX + (kind === 'mark' ? ICON_PX : 0)}
          y={y}
          direction={isRightToLeft ? 'rtl' : 'ltr'}
          lang={language}
        >
          {text}
        </text>
      ))}
    </>
  );
  return key === undefined ? (
    // biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: the arrow keys lead on from here
    <g {...attributes} role="img" tabIndex={0}>
      {content}
    </g>
  ) : (
    <a {...attributes} href={routeTo('prompts', key)}>
      {content}
    </a>
  );
}

function Labels({ line: { labels, middle } }: { readonly line: Line }) {
  const top = middle.y - (labels.length * LABEL_PX) / 2;
  return (
    <g>
      {labels.map((label, index) => (
        <text
          key={label}
          class={isKeys(label) ? 'label keys' : 'label'}
          x={middle.x}
          y={top + LABEL_PX * (index + 0.5)}
        >
          {label}
        </text>
      ))}
    </g>
  );
}
