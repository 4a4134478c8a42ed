export interface Tab {
  /** Its address is this behind `#`. */
  readonly id: string;
  readonly title: string;
  /** Such as the number of problems; in words for screen readers. */
  readonly count?: { readonly shown: number; readonly words: string };
}

interface TabsProps {
  readonly label: string;
  readonly tabs: readonly Tab[];
  readonly current: string;
}

/** Links to the sections of a page: they work with Back, in a new tab, and as bookmarks. */
export function Tabs({ label, tabs, current }: TabsProps) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(({ id, title, count }) => (
        <a key={id} href={`#${id}`} aria-current={id === current ? 'page' : undefined}>
          {title}
          {count && (
            <span class="count">
              <span aria-hidden="true">{count.shown}</span>
              <span class="unseen">, {count.words}</span>
            </span>
          )}
        </a>
      ))}
    </nav>
  );
}
