/** What runs in a tab before the page's own scripts. It changes nothing: it notes. */

export interface Played {
  /** Address of the sound. */
  readonly src: string;
  /** Seconds. */
  readonly duration: number;
  /** How far it came, in seconds. */
  readonly currentTime: number;
  readonly ended: boolean;
  readonly error: string;
}

export interface Observed {
  /** Each sound that an audio element was told to play, in order. */
  readonly sounds: () => Played[];
  /** Sum of all layout shifts that followed no click and no key: https://web.dev/articles/cls */
  layoutShift: number;
  /** What moved, for the message of a test that fails. */
  readonly shifts: string[];
}

declare global {
  interface Window {
    observed: Observed;
  }
}

/** A layout shift is not yet in TypeScript's DOM: https://wicg.github.io/layout-instability/ */
interface LayoutShift extends PerformanceEntry {
  readonly value: number;
  readonly hadRecentInput: boolean;
  readonly sources: readonly { readonly node: Node | null }[];
}

export function observe(): void {
  const playing: { src: string; element: HTMLMediaElement; last?: Played }[] = [];
  const { play } = HTMLMediaElement.prototype;
  const snapshot = (src: string, element: HTMLMediaElement): Played => ({
    src,
    duration: element.duration,
    currentTime: element.currentTime,
    ended: element.ended,
    error: element.error?.message ?? '',
  });
  HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
    const entry: (typeof playing)[number] = { src: this.currentSrc || this.src, element: this };
    playing.push(entry);
    for (const event of ['ended', 'error', 'pause', 'emptied']) {
      this.addEventListener(event, () => {
        if (playing.findLast(({ element }) => element === this) !== entry || entry.last?.ended)
          return;
        entry.last = snapshot(entry.src, this);
      });
    }
    return play.call(this);
  };
  window.observed = {
    sounds: () => playing.map(({ src, element, last }) => last ?? snapshot(src, element)),
    layoutShift: 0,
    shifts: [],
  };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as LayoutShift[]) {
      if (entry.hadRecentInput) continue;
      window.observed.layoutShift += entry.value;
      const nodes = entry.sources.map(({ node }) => {
        const element = node instanceof Element ? node : node?.parentElement;
        return element ? element.outerHTML.slice(0, 80) : 'a node that is gone';
      });
      window.observed.shifts.push(`${entry.value.toFixed(4)}: ${nodes.join(' | ')}`);
    }
  }).observe({ type: 'layout-shift', buffered: true });
}
