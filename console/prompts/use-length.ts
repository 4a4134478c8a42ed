import { useEffect, useRef, useState } from 'preact/hooks';

/** Sounds whose beginning is read at the same time. */
const AT_ONCE = 3;
/** How far below the window a row is read ahead. */
const MARGIN = '200px';

/** Seconds by address; NaN where the browser cannot tell. */
const known = new Map<string, number>();
const waiting = new Set<() => void>();
let running = 0;

/**
 * The length of a sound, once its element was in view: the browser reads it from the first bytes.
 *
 * @returns a reference for the element, and seconds: undefined until they are known, NaN where they
 *   cannot be
 */
export function useLength(url: string | undefined) {
  const element = useRef<HTMLTableCellElement>(null);
  const [, show] = useState(0);
  useEffect(() => {
    if (url === undefined || known.has(url) || !element.current) return;
    const read = () => readLength(url, () => show((n) => n + 1));
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (!entry?.isIntersecting) return void waiting.delete(read);
        waiting.add(read);
        startNext();
      },
      { rootMargin: MARGIN },
    );
    observer.observe(element.current);
    return () => {
      observer.disconnect();
      waiting.delete(read);
    };
  }, [url]);
  return [element, url === undefined ? Number.NaN : known.get(url)] as const;
}

function startNext(): void {
  for (const read of waiting) {
    if (running >= AT_ONCE) return;
    waiting.delete(read);
    read();
  }
}

function readLength(url: string, done: () => void): void {
  if (known.has(url)) {
    done();
    return;
  }
  running += 1;
  const audio = new Audio();
  const finish = () => {
    known.set(url, audio.duration);
    // Lets go of the connection.
    audio.removeAttribute('src');
    audio.onloadedmetadata = null;
    audio.onerror = null;
    audio.load();
    running -= 1;
    done();
    startNext();
  };
  audio.onloadedmetadata = finish;
  audio.onerror = finish;
  audio.preload = 'metadata';
  audio.src = url;
}
