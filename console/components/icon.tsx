/** Drawn on a ground of 16 by 16, in strokes; they say nothing that a word beside does not say. */
export const PATHS = {
  check: 'M3 8.5 6.5 12 13 4.5',
  cross: 'M4 4l8 8M12 4l-8 8',
  warning: 'M8 2.5 14.5 13.5h-13zM8 6.5v3.5M8 11.6v.4',
  arrow: 'M2.5 8h11M9.5 4l4 4-4 4',
  speech: 'M2.5 3.5h11v7h-6l-3 3v-3h-2z',
  clock: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M8 4.5V8l2.5 2',
  play: 'M5 3l8 5-8 5z',
  stop: 'M4 4h8v8H4z',
  refresh: 'M13 8a5 5 0 1 1-1.5-3.5M13 2.5v3h-3',
  more: 'M4 6l4 4 4-4',
  phone:
    'M4 2.5h2l1.2 3L5.7 7a8 8 0 0 0 3.3 3.3l1.5-1.5 3 1.2v2c0 1-.8 1.6-1.8 1.5A10 10 0 0 1 2.5 4.3C2.4 3.3 3 2.5 4 2.5z',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
