import type { SectionProps } from '../section';

export function SyncSection({ status }: SectionProps) {
  return <p>{status.domain}</p>;
}
