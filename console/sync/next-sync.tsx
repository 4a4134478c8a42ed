import type { PromptStatus, StatusResponse } from '../../src/status/response';
import { Notice } from '../components/notice';
import { formatBytes } from '../format';
import { KeyList, KeysByReason } from './key-list';
import { planWords } from './words';

const TITLES: Readonly<Record<NonNullable<PromptStatus['next']>, string>> = {
  upload: 'New Assets',
  replace: 'Replaced by what S3 has now',
  remove: 'Taken from callers',
};

interface NextSyncProps {
  readonly status: StatusResponse;
  /** A sync has just said that Assets and S3 are equal. */
  readonly isDone: boolean;
}

/** What the next sync would do, as the last status has it. */
export function NextSync({ status, isDone }: NextSyncProps) {
  const { nextSync, prompts, bucket } = status;
  if (!nextSync) {
    const who = bucket.problem === undefined ? 'Twilio' : 'S3';
    return (
      <Notice tone="quiet" title="What the next sync does is not known">
        <p>
          {who} could not be asked. Callers hear what they heard before. Refresh the page to try
          again.
        </p>
      </Notice>
    );
  }
  const sentences = planWords(nextSync);
  const isNothing = sentences.length === 0 && !nextSync.guard;
  if (isNothing && isDone) return null;
  const skipped = prompts.flatMap(({ key, next, problem: text }) =>
    next === undefined && text !== undefined ? [{ key, text }] : [],
  );
  return (
    <>
      {isNothing && (
        <Notice tone="good" title="Assets and S3 are equal">
          <p>A sync changes nothing.</p>
        </Notice>
      )}
      {sentences.length > 0 && (
        <section>
          <h3>{nextSync.guard ? 'What a forced sync does' : 'What the next sync does'}</h3>
          {status.live?.prompts === 0 && (
            <p>No sync has run yet: each recording is fetched from S3 during the call.</p>
          )}
          <p>{sentences.join(' ')}</p>
          {(['upload', 'replace', 'remove'] as const).map((next) => (
            <Changes
              key={next}
              title={TITLES[next]}
              prompts={prompts.filter((prompt) => prompt.next === next)}
            />
          ))}
        </section>
      )}
      {skipped.length > 0 && (
        <section>
          <h3>What the next sync skips</h3>
          <KeysByReason items={skipped} />
        </section>
      )}
    </>
  );
}

function Changes({
  title,
  prompts,
}: {
  readonly title: string;
  readonly prompts: readonly PromptStatus[];
}) {
  if (prompts.length === 0) return null;
  return (
    <>
      <h4>{`${title}: ${prompts.length.toLocaleString('en')}`}</h4>
      <KeyList
        items={prompts.map(({ key, object, next }) => ({
          key,
          text: object && next !== 'remove' ? formatBytes(object.bytes) : undefined,
        }))}
      />
    </>
  );
}
