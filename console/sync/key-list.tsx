import { PromptKey } from '../components/prompt-key';
import { routeTo } from '../route';

interface Item {
  readonly key: string;
  readonly text?: string;
}

/** More than these are folded away. */
const SHOWN = 8;

/** Keys for one and the same reason stand together. */
export function KeysByReason({ items }: { readonly items: readonly Required<Item>[] }) {
  const byReason = new Map<string, Item[]>();
  for (const { key, text } of items) byReason.set(text, [...(byReason.get(text) ?? []), { key }]);
  return (
    <>
      {[...byReason].map(([reason, keys]) => (
        <div key={reason} class="reason">
          <p dir="auto">{reason}</p>
          <KeyList items={keys} />
        </div>
      ))}
    </>
  );
}

/** Keys that lead to their prompts. */
export function KeyList({ items }: { readonly items: readonly Item[] }) {
  const rest = items.slice(SHOWN);
  return (
    <>
      <Keys items={items.slice(0, SHOWN)} />
      {rest.length > 0 && (
        <details>
          <summary>{`${rest.length.toLocaleString('en')} more`}</summary>
          <Keys items={rest} />
        </details>
      )}
    </>
  );
}

function Keys({ items }: { readonly items: readonly Item[] }) {
  return (
    <ul class="keys">
      {items.map(({ key, text }) => (
        <li key={key}>
          <a href={routeTo('prompts', key)}>
            <PromptKey of={key} />
          </a>
          {text !== undefined && (
            <span class="quiet" dir="auto">
              {text}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
