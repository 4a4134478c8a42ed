import type { ComponentChildren } from 'preact';
import type { Tone } from './badge';
import { Icon, type IconName } from './icon';

const ICONS: Readonly<Record<Tone, IconName>> = {
  good: 'check',
  warn: 'warning',
  bad: 'cross',
  quiet: 'clock',
};

interface NoticeProps {
  readonly tone: Tone;
  readonly title: string;
  /** Screen readers read it out at once: for what happens while somebody looks at the page. */
  readonly alert?: boolean;
  readonly children?: ComponentChildren;
}

/** What is wrong, or went well, and what to do. */
export function Notice({ tone, title, alert = false, children }: NoticeProps) {
  return (
    <div class={`notice ${tone}`} role={alert ? 'alert' : undefined}>
      <Icon name={ICONS[tone]} />
      <div>
        <p class="notice-title">{title}</p>
        {children}
      </div>
    </div>
  );
}
