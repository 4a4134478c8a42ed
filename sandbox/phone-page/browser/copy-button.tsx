import { useEffect, useState } from 'preact/hooks';

/** How long it says that something was copied. */
const COPIED_MS = 2500;

/** Copies a text; where the browser does not allow that, it shows the text, selected. */
export function CopyButton({
  label,
  text,
}: {
  readonly label: string;
  readonly text: () => string;
}) {
  const [result, setResult] = useState<'copied' | 'shown'>();
  useEffect(() => {
    if (result !== 'copied') return;
    const timer = setTimeout(() => setResult(undefined), COPIED_MS);
    return () => clearTimeout(timer);
  }, [result]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      setResult('copied');
    } catch {
      setResult('shown');
    }
  };
  return (
    <span class="copy">
      <button type="button" onClick={copy}>
        {label}
      </button>
      <span role="status" class="quiet">
        {result === 'copied' && ' Copied'}
      </span>
      {result === 'shown' && (
        <textarea
          readOnly
          aria-label={`${label}: the browser does not allow it here. Copy this text.`}
          rows={3}
          value={text()}
          ref={(area) => area?.select()}
        />
      )}
    </span>
  );
}
