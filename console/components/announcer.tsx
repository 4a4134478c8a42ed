import { useEffect, useState } from 'preact/hooks';

let show: (text: string) => void = () => undefined;

/** Screen readers read the text out when they are done with what they say. */
export function announce(text: string): void {
  show(text);
}

/** Stands once on a page; `announce` writes into it. */
export function Announcer() {
  const [text, setText] = useState('');
  useEffect(() => {
    // The same text twice is a change, too: it is said again.
    show = (next) => setText((last) => (last === next ? `${next}\u00A0` : next));
  }, []);
  return (
    <div class="unseen" role="status">
      {text}
    </div>
  );
}
