import { Badge } from '../../../console/components/badge';
import type { CallSettings } from '../protocol';
import { type CallLog, endOf, settingsOf } from './call-log';
import { type Outcome, outcomeOf } from './outcome';
import type { Phone } from './phone-state';

interface Demonstration {
  readonly button: string;
  readonly what: string;
  readonly settings: CallSettings;
}

const DEMONSTRATIONS: readonly Demonstration[] = [
  {
    button: 'Show the bug',
    what: 'Prompts come by presigned URLs, as people do it today. Twilio appends its parameters where a prompt is inside <Gather>.',
    settings: { source: 'presigned', append: 'gather' },
  },
  {
    button: 'Show it gone',
    what: 'The same prompts and the same parameters. This project answers.',
    settings: { source: 'project', append: 'gather' },
  },
];

/** The point of the page: a call that is silent, and the same call that is heard. */
export function Demonstrations({
  phone,
  onCall,
}: {
  readonly phone: Phone;
  readonly onCall: (settings: CallSettings) => void;
}) {
  return (
    <section aria-labelledby="demonstrations">
      <h2 id="demonstrations">Two calls show it</h2>
      <div class="demonstrations">
        {DEMONSTRATIONS.map(({ button, what, settings }) => {
          const log = phone.logs.findLast(
            (each) => phone.demonstrated.includes(each.id) && isSame(settingsOf(each), settings),
          );
          return (
            <div class="panel demonstration" key={button}>
              <button
                type="button"
                class="primary"
                disabled={!phone.server}
                onClick={() => onCall(settings)}
              >
                {button}
              </button>
              <p class="quiet">{what}</p>
              <Result log={log} />
            </div>
          );
        })}
      </div>
    </section>
  );
}

function isSame(one: CallSettings | undefined, other: CallSettings): boolean {
  return one?.source === other.source && one.append === other.append;
}

/** What one sees, of what really happened. */
function Result({ log }: { readonly log: CallLog | undefined }) {
  if (!log) return <p class="result quiet">Not called yet. A call takes half a minute.</p>;
  const outcome = outcomeOf(log);
  return (
    <div class="result">
      <p class="verdict">
        {endOf(log) ? <Verdict outcome={outcome} /> : <span class="quiet">So far:</span>}
      </p>
      {outcome.sentences.length === 0 ? (
        <p>{endOf(log) ? 'No prompt was asked for.' : 'The call begins.'}</p>
      ) : (
        outcome.sentences.map((sentence) => <p key={sentence}>{sentence}</p>)
      )}
    </div>
  );
}

function Verdict({ outcome: { heard, silent } }: { readonly outcome: Outcome }) {
  if (silent > 0) return <Badge tone="bad">Silence</Badge>;
  return heard > 0 ? <Badge tone="good">Heard</Badge> : <Badge tone="quiet">Nothing to hear</Badge>;
}
