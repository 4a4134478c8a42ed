import type { SectionProps } from '../section';

export function FlowSection({ status }: SectionProps) {
  return <p>{status.domain}</p>;
}
