import { splitEnding, splitKey } from '../format';

/** A key in any script: its name stands out, and each part keeps its direction. */
export function PromptKey({ of: key }: { readonly of: string }) {
  const { folder, name } = splitKey(key);
  const [stem, ending] = splitEnding(name);
  return (
    <span dir="ltr">
      <bdi class="quiet">{folder}</bdi>
      <b>
        <bdi>{stem}</bdi>
        {ending}
      </b>
    </span>
  );
}
