import type { FlowNode, StatusResponse } from '../../src/status/response';
import { Badge } from '../components/badge';
import { PromptKey } from '../components/prompt-key';
import { routeTo } from '../route';
import type { Mark } from './face';
import { type Entry, outlineOf } from './outline';
import { exitWords, headingOf, nameOf } from './words';

interface ListProps {
  readonly flow: StatusResponse['flow'];
  readonly marks: ReadonlyMap<string, Mark>;
}

/** The call flow as headings and nested lists. */
export function FlowList({ flow, marks }: ListProps) {
  return (
    <div class="flow-list">
      {outlineOf(flow.nodes, flow.edges).map((entry) => (
        <section key={entry.node.id}>
          <h3 tabIndex={-1} data-node={entry.node.id}>
            {headingOf(entry.node)}
          </h3>
          <Details node={entry.node} mark={marks.get(entry.node.id)} />
          <Exits entry={entry} marks={marks} />
        </section>
      ))}
    </div>
  );
}

function Exits({ entry: { exits }, marks }: { readonly entry: Entry } & Pick<ListProps, 'marks'>) {
  if (exits.length === 0) return null;
  return (
    <ul class="exits">
      {exits.map(({ label, to, entry }) => (
        <li key={label}>
          <span class="exit">{exitWords(label)}</span>{' '}
          {entry ? (
            <>
              <strong tabIndex={-1} data-node={to.id}>
                {headingOf(to)}
              </strong>
              <Details node={to} mark={marks.get(to.id)} />
              <Exits entry={entry} marks={marks} />
            </>
          ) : (
            <a href={routeTo('flow', to.id)} dir="auto">
              {nameOf(to)}
            </a>
          )}
        </li>
      ))}
    </ul>
  );
}

function Details({ node, mark }: { readonly node: FlowNode; readonly mark: Mark | undefined }) {
  return (
    <>
      {node.prompts.map(({ key, words, language }) => (
        <p key={key}>
          <q dir="auto" lang={language}>
            {words}
          </q>
          {key !== undefined && (
            <>
              {' '}
              <a href={routeTo('prompts', key)}>
                <PromptKey of={key} />
              </a>
            </>
          )}
        </p>
      ))}
      {mark && (
        <Badge tone="bad" icon="warning">
          {mark}
        </Badge>
      )}
      {node.kind === 'dial' && <p class="quiet">After the conversation the call ends.</p>}
    </>
  );
}
