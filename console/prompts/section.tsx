import type { SectionProps } from '../section';

export function PromptsSection({ status }: SectionProps) {
  return <p>{status.domain}</p>;
}
