import type { ComponentChildren } from 'preact';
import { Icon } from './icon';
import { TONE_ICONS, type Tone } from './tone';

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
      <Icon name={TONE_ICONS[tone]} />
      <div>
        <p class="notice-title">{title}</p>
        {children}
      </div>
    </div>
  );
}
