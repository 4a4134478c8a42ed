import type { SectionProps } from '../section';

export function LiveSection({ status }: SectionProps) {
  return <p>{status.domain}</p>;
}
