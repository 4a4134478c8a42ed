import { useEffect, useState } from 'preact/hooks';
import { formatCount } from '../../../console/format';
import type { RequestRow } from '../protocol';
import { type CallLog, rowsOf } from './call-log';
import { RequestLines } from './request-lines';
import { EVERY_REQUEST, filterRows, type RequestFilter } from './requests';

const KINDS = [
  ['all', 'All requests'],
  ['media', 'Media'],
  ['webhooks', 'Webhooks'],
] as const;

/** A request that somebody wants to see; each time it is another object. */
export interface SoughtRequest {
  readonly call: string;
  readonly request: number;
}

/** Every request of a call, as Twilio's console shows them. */
export function Inspector({
  log,
  sought,
  onReplay,
}: {
  readonly log: CallLog | undefined;
  readonly sought: SoughtRequest | undefined;
  readonly onReplay: (row: number, appended: boolean) => void;
}) {
  const [filter, setFilter] = useState(EVERY_REQUEST);
  const rows = log ? rowsOf(log) : [];
  useEffect(() => setFilter(EVERY_REQUEST), [sought]);
  const found = filterRows(rows, filter);
  return (
    <section aria-labelledby="inspector" class="inspector">
      <h2 id="inspector">Request inspector</h2>
      <p class="quiet">Each request that Twilio makes in the call, as its console lists them.</p>
      <FilterBar filter={filter} onFilter={setFilter} found={found.length} all={rows.length} />
      <table>
        <caption class="unseen">Requests of the call</caption>
        <thead>
          <tr>
            <th scope="col">Request</th>
            <th scope="col">Time</th>
            <th scope="col">Method</th>
            <th scope="col">URL</th>
            <th scope="col">Served by</th>
            <th scope="col">Status</th>
            <th scope="col">Type</th>
            <th scope="col" class="number">
              ms
            </th>
          </tr>
        </thead>
        <tbody>
          {found.map((row) => (
            <RequestLines
              key={`${log?.id} ${row.request}`}
              row={row}
              sought={
                sought?.call === log?.id && sought?.request === row.request ? sought : undefined
              }
              replays={rows.filter(({ replayOf }) => replayOf === row.request)}
              onReplay={(appended) => onReplay(row.request, appended)}
            />
          ))}
        </tbody>
      </table>
      {found.length === 0 && <p class="empty quiet">{emptySentence(rows)}</p>}
    </section>
  );
}

function emptySentence(rows: readonly RequestRow[]): string {
  return rows.length === 0
    ? 'No request yet. They stand here row by row as soon as a call begins.'
    : 'No request fits the filter.';
}

function FilterBar({
  filter,
  onFilter,
  found,
  all,
}: {
  readonly filter: RequestFilter;
  readonly onFilter: (filter: RequestFilter) => void;
  readonly found: number;
  readonly all: number;
}) {
  return (
    <search class="filter">
      <label>
        Filter{' '}
        <input
          type="search"
          value={filter.text}
          onInput={({ currentTarget: { value } }) => onFilter({ ...filter, text: value })}
        />
      </label>
      <label>
        Show{' '}
        <select
          value={filter.kind}
          onChange={({ currentTarget: { value } }) =>
            onFilter({ ...filter, kind: KINDS.find(([kind]) => kind === value)?.[0] ?? 'all' })
          }
        >
          {KINDS.map(([kind, label]) => (
            <option key={kind} value={kind}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label>
        <input
          type="checkbox"
          checked={filter.failedOnly}
          onChange={({ currentTarget: { checked } }) =>
            onFilter({ ...filter, failedOnly: checked })
          }
        />
        Failed only
      </label>
      <span role={filter === EVERY_REQUEST ? undefined : 'status'} class="quiet">
        {found === all ? formatCount(all, 'request') : `${found} of ${formatCount(all, 'request')}`}
      </span>
    </search>
  );
}
