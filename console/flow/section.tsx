import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { nodeAt } from '../../src/status/response';
import { Notice } from '../components/notice';
import type { SectionProps } from '../section';
import { Diagram } from './diagram';
import { type Mark, markOf } from './face';
import { FlowList } from './list';
import { reachable } from './outline';

/** So wide a window has room for the diagram. */
const WIDE = '(width >= 48rem)';

/** To lay out more nodes takes a browser many seconds, and nobody finds a way in so large a diagram. */
const DRAWN_NODES = 300;

const VIEWS = ['Diagram', 'List'] as const;

/** What callers hear and what their keys do, as a diagram or as a list with the same content. */
export function FlowSection({ status, item }: SectionProps) {
  const { flow, prompts } = status;
  const [view, setView] = useState<(typeof VIEWS)[number]>(() =>
    matchMedia(WIDE).matches ? 'Diagram' : 'List',
  );
  const isLarge = flow.nodes.length > DRAWN_NODES;
  const root = useRef<HTMLDivElement>(null);
  const marks = useMemo(() => {
    const states = new Map(prompts.map(({ key, state }) => [key, state]));
    const reached = reachable(flow.nodes, flow.edges);
    return new Map<string, Mark>(
      flow.nodes.flatMap((node) => {
        const mark = markOf(node, states, reached.has(node.id));
        return mark ? [[node.id, mark]] : [];
      }),
    );
  }, [flow, prompts]);
  const wanted = item === undefined ? undefined : nodeAt(item);
  useEffect(() => {
    if (wanted === undefined) return;
    const node = root.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(wanted)}"]`);
    node?.focus({ preventScroll: true });
    node?.scrollIntoView({ block: 'center', inline: 'center' });
  }, [wanted, view]);

  if (flow.nodes.length === 0) {
    return (
      <Notice tone="quiet" title="There is no call flow to show">
        {flow.problem !== undefined && <p class="lines">{flow.problem}</p>}
      </Notice>
    );
  }
  return (
    <div ref={root}>
      {wanted !== undefined && !flow.nodes.some(({ id }) => id === wanted) && (
        <Notice tone="warn" title={`${item} is not in the call flow`} alert />
      )}
      {isLarge ? (
        <Notice tone="quiet" title={`A diagram has at most ${DRAWN_NODES} boxes`}>
          <p>
            The call flow has {flow.nodes.length.toLocaleString('en')} steps. The list has all of
            them.
          </p>
        </Notice>
      ) : (
        <fieldset class="switch">
          <legend class="unseen">Show the call flow as</legend>
          {VIEWS.map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={view === name}
              onClick={() => setView(name)}
            >
              {name}
            </button>
          ))}
        </fieldset>
      )}
      {view === 'Diagram' && !isLarge ? (
        <Diagram flow={flow} marks={marks} wanted={wanted} />
      ) : (
        <FlowList flow={flow} marks={marks} />
      )}
    </div>
  );
}
