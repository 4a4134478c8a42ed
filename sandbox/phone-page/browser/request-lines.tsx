import { useEffect, useRef, useState } from 'preact/hooks';
import { Badge } from '../../../console/components/badge';
import { Icon } from '../../../console/components/icon';
import { formatBytes, formatCount } from '../../../console/format';
import type { RequestRow } from '../protocol';
import { ClockTime } from './clock-time';
import { CopyButton } from './copy-button';
import { isFailed, isMedia, splitAppended, splitUrl, statusOf } from './requests';

/** A row of the inspector, and what it opens to. */
export function RequestLines({
  row,
  sought,
  replays,
  onReplay,
}: {
  readonly row: RequestRow;
  /** Set when somebody wants to see this row. */
  readonly sought: object | undefined;
  /** The same request, sent again. */
  readonly replays: readonly RequestRow[];
  readonly onReplay: (appended: boolean) => void;
}) {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = `request-${row.request}`;
  useEffect(() => {
    if (!sought) return;
    setOpen(true);
    button.current?.focus();
  }, [sought]);
  return (
    <>
      <tr class={isFailed(row) ? 'failed' : ''}>
        <th scope="row">
          <button
            type="button"
            class="disclosure"
            ref={button}
            aria-expanded={isOpen}
            aria-controls={id}
            onClick={() => setOpen(!isOpen)}
          >
            <Icon name="more" />
            <span>
              {row.request + 1}. {row.verb}
              {row.replayOf !== undefined && (
                <span class="quiet"> (replay of {row.replayOf + 1})</span>
              )}
            </span>
          </button>
        </th>
        <td>
          <ClockTime at={row.at} />
        </td>
        <td>{row.method}</td>
        <td class="address">
          <Address row={row} />
        </td>
        <td data-label="Served by">{row.servedBy}</td>
        <td class="nowrap">
          <Status row={row} />
        </td>
        <td class="nowrap">{row.contentType?.split(';', 1)[0] ?? 'none'}</td>
        <td class="number">{Math.round(row.milliseconds)}</td>
      </tr>
      <tr id={id} hidden={!isOpen} class="detail">
        {isOpen && (
          <td colSpan={8}>
            <Detail row={row} replays={replays} onReplay={onReplay} />
          </td>
        )}
      </tr>
    </>
  );
}

function Status({ row }: { readonly row: RequestRow }) {
  return <Badge tone={isFailed(row) ? 'bad' : 'good'}>{statusOf(row)}</Badge>;
}

/** The URL in one line, and beneath it what was appended, as far as somebody wants to see it. */
function Address({ row: { url, appended, appendedCount } }: { readonly row: RequestRow }) {
  const [isOpen, setOpen] = useState(false);
  const { path, query } = splitUrl(url, location.origin);
  return (
    <>
      <span class="url" title={url}>
        <bdi>{path}</bdi>
        <span class="quiet">{query}</span>
      </span>
      {appendedCount > 0 && (
        <>
          <button
            type="button"
            class="appended"
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            +{formatCount(appendedCount, 'parameter')}
          </button>
          {isOpen && <Parameters appended={appended} />}
        </>
      )}
    </>
  );
}

function Parameters({ appended }: { readonly appended: string }) {
  return (
    <ul class="parameters">
      {splitAppended(appended).map(({ name, value }) => (
        <li key={name}>
          <span class="quiet">{name}=</span>
          <bdi>{value}</bdi>
        </li>
      ))}
    </ul>
  );
}

function Detail({
  row,
  replays,
  onReplay,
}: {
  readonly row: RequestRow;
  readonly replays: readonly RequestRow[];
  readonly onReplay: (appended: boolean) => void;
}) {
  return (
    <div class="details">
      {row.failure !== undefined && <p class="failure">{row.failure}</p>}
      {row.verdict && <Explanation verdict={row.verdict} />}
      <p class="actions">
        {isMedia(row) ? (
          <>
            <button type="button" onClick={() => onReplay(true)}>
              Replay with what Twilio appends
            </button>
            <button type="button" onClick={() => onReplay(false)}>
              Replay without
            </button>
          </>
        ) : (
          <button type="button" onClick={() => onReplay(false)}>
            Replay
          </button>
        )}
        <CopyButton label="Copy as curl" text={() => row.curl} />
      </p>
      <div class="replays" role="status">
        {replays.map((replay) => (
          <p key={replay.request}>
            Request {replay.request + 1} is this one again,{' '}
            {replay.appendedCount > 0
              ? `with ${formatCount(replay.appendedCount, 'appended parameter')}`
              : 'with nothing appended'}
            : <Status row={replay} />
          </p>
        ))}
      </div>
      <div class="exchange">
        <section>
          <h3>Request</h3>
          <p class="whole-url">
            {row.method} {row.url}
            {row.appended !== '' && (
              <mark>
                {row.url.includes('?') ? '&' : '?'}
                {row.appended}
              </mark>
            )}
          </p>
          <Headers headers={row.requestHeaders} />
          {row.requestBody !== undefined && <pre>{row.requestBody}</pre>}
        </section>
        <section>
          <h3>Response</h3>
          <p>
            <Status row={row} />, {formatBytes(row.bytes)}
          </p>
          <Headers headers={row.responseHeaders} />
          {row.responseBody !== undefined && <pre>{row.responseBody}</pre>}
        </section>
      </div>
    </div>
  );
}

function Explanation({ verdict }: { readonly verdict: NonNullable<RequestRow['verdict']> }) {
  const { reason, added, advice } = verdict;
  return (
    <section class="explanation">
      <h3>Why S3 refused it</h3>
      <p>{reason}</p>
      {added.length > 0 && (
        <p>
          Added after the signature was made: <span class="names">{added.join(', ')}</span>.
        </p>
      )}
      {advice.length > 0 && (
        <>
          <h3>What to do</h3>
          <ul>
            {advice.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Headers({ headers }: { readonly headers: RequestRow['requestHeaders'] }) {
  if (headers.length === 0) return <p class="quiet">No headers.</p>;
  return (
    <dl class="headers">
      {headers.map(([name, value]) => (
        <div key={`${name}: ${value}`}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
