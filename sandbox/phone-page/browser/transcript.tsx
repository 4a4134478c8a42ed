import { useEffect, useRef } from 'preact/hooks';
import { Badge } from '../../../console/components/badge';
import { splitKey } from '../../../console/format';
import type { State } from '../protocol';
import { recordingAddress } from './api';
import { type Moment, momentsOf } from './call-log';
import { ClockTime } from './clock-time';
import { CopyButton } from './copy-button';
import type { SoughtRequest } from './inspector';
import type { Phone } from './phone-state';
import { reasonOf } from './requests';

/** The call in words, and what can be taken along. */
export function Transcript({
  phone: { shown, server },
  onSeek,
}: {
  readonly phone: Phone;
  readonly onSeek: (sought: SoughtRequest) => void;
}) {
  const moments = shown ? momentsOf(shown) : [];
  return (
    <section aria-labelledby="transcript" class="panel transcript">
      <h2 id="transcript">Transcript</h2>
      <Scrolled count={moments.length}>
        {moments.length === 0 ? (
          <p class="quiet">What the caller hears and presses stands here, word by word.</p>
        ) : (
          <ol>
            {moments.map((moment, index) => (
              <li key={index}>
                <MomentLine
                  moment={moment}
                  onSeek={(request) => shown && onSeek({ call: shown.id, request })}
                />
              </li>
            ))}
          </ol>
        )}
      </Scrolled>
      <p class="actions">
        {shown && (
          <>
            <a href={recordingAddress(shown.id)} download={`call-${shown.id}.wav`}>
              Download what was heard
            </a>
            <CopyButton
              label="Copy a link to this call"
              text={() => `${location.origin}/#call=${encodeURIComponent(shown.id)}`}
            />
          </>
        )}
      </p>
      <EarlierCalls calls={server?.calls ?? []} shown={shown?.id} />
    </section>
  );
}

function EarlierCalls({
  calls,
  shown,
}: {
  readonly calls: State['calls'];
  readonly shown: string | undefined;
}) {
  return (
    <details>
      <summary>Earlier calls ({calls.length})</summary>
      {calls.length === 0 && <p class="quiet">None since the sandbox was started.</p>}
      <ul>
        {calls.map(({ id, at, source }) => (
          <li key={id}>
            <a href={`#call=${encodeURIComponent(id)}`} aria-current={id === shown}>
              <ClockTime at={at} />, {source === 'presigned' ? 'presigned URLs' : 'this project'}
            </a>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Follows its end, unless somebody has scrolled up to read. */
function Scrolled({
  count,
  children,
}: {
  readonly count: number;
  readonly children: preact.ComponentChildren;
}) {
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  useEffect(() => {
    if (isAtEnd.current) box.current?.scrollTo(0, box.current.scrollHeight);
  }, [count]);
  return (
    <div
      class="scrolled"
      // The status tells what happens now: this is for reading again.
      role="log"
      aria-live="off"
      aria-label="Transcript of the call"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
      tabIndex={0}
      ref={box}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        isAtEnd.current = scrollTop + clientHeight > scrollHeight - SLACK_PX;
      }}
    >
      {children}
    </div>
  );
}

/** Heights are rounded. */
const SLACK_PX = 8;

function MomentLine({
  moment,
  onSeek,
}: {
  readonly moment: Moment;
  readonly onSeek: (request: number) => void;
}) {
  switch (moment.type) {
    case 'sound':
      return (
        <>
          <Badge tone="good">Recording</Badge> <bdi class="quiet">{splitKey(moment.name).name}</bdi>
          <Words text={moment.words} language={moment.language} />
        </>
      );
    case 'silence':
      return (
        <>
          <Badge tone="bad">Silence</Badge> in place of <bdi>{splitKey(moment.name).name}</bdi>.{' '}
          {moment.reason} <SeekButton request={moment.request} onSeek={onSeek} />
          <Words text={moment.words} language={moment.language} isLost />
        </>
      );
    case 'say':
      return (
        <>
          <Badge tone="good">Twilio’s voice</Badge>
          {moment.inPlaceOf !== undefined && (
            <>
              {' '}
              in place of <bdi>{splitKey(moment.inPlaceOf).name}</bdi>.{' '}
              <a href={`/index.html#prompts/${encodeURIComponent(moment.inPlaceOf)}`}>
                See why: the console
              </a>
            </>
          )}
          <Words text={moment.text} language={moment.language} />
        </>
      );
    case 'pressed':
      return moment.digits === '' ? (
        <Badge tone="quiet">The caller pressed nothing</Badge>
      ) : (
        <>
          The caller pressed <kbd>{moment.digits}</kbd>
        </>
      );
    case 'verb':
      return (
        <>
          <strong>{moment.verb}</strong>: {moment.detail}
        </>
      );
    case 'unanswered':
      return (
        <>
          <Badge tone="bad">{moment.row.verb}</Badge> {reasonOf(moment.row)}{' '}
          <SeekButton request={moment.row.request} onSeek={onSeek} />
        </>
      );
    case 'ended':
      return <strong>{moment.how}</strong>;
  }
}

function SeekButton({
  request,
  onSeek,
}: {
  readonly request: number;
  readonly onSeek: (request: number) => void;
}) {
  return (
    <button type="button" class="link" onClick={() => onSeek(request)}>
      See why: request {request + 1}
    </button>
  );
}

function Words({
  text,
  language,
  isLost = false,
}: {
  readonly text: string | undefined;
  readonly language: string | undefined;
  /** Nobody heard them. */
  readonly isLost?: boolean;
}) {
  if (text === undefined) return null;
  return (
    <p class="words" dir="auto" lang={language}>
      {isLost ? <s>{text}</s> : text}
    </p>
  );
}
