import prettyBytes from 'pretty-bytes';

/** In powers of ten, as Twilio counts: such as 999 B, 23.4 kB, 4 MB. */
export function formatBytes(bytes: number): string {
  return prettyBytes(bytes);
}

/** Such as 1 prompt, 2 prompts. */
export function formatCount(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
