import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon';
import { TONE_ICONS, type Tone } from './tone';

interface BadgeProps {
  readonly tone: Tone;
  /** By default, that of the tone. */
  readonly icon?: IconName;
  readonly children: ComponentChildren;
}

/** A state: a mark and a word, so that colour says nothing alone. */
export function Badge({ tone, icon = TONE_ICONS[tone], children }: BadgeProps) {
  return (
    <span class={`badge ${tone}`}>
      <Icon name={icon} />
      {children}
    </span>
  );
}
