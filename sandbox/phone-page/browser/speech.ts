/** How fast texts are read out: characters of an alphabet, and of Chinese, Japanese and Korean. */
const CHARACTERS_PER_SECOND = 14;
const WIDE_CHARACTERS_PER_SECOND = 6;
/** The shortest that a text is shown. */
const LEAST_SECONDS = 1.5;

const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;

/** About how long it takes to read a text out. */
export function readingSeconds(text: string): number {
  const wide = text.match(WIDE)?.length ?? 0;
  const others = [...text].length - wide;
  return Math.max(
    LEAST_SECONDS,
    wide / WIDE_CHARACTERS_PER_SECOND + others / CHARACTERS_PER_SECOND,
  );
}

/**
 * Chooses a voice that speaks a language: of its region if there is one.
 *
 * @param language as in TwiML: `en-US`, `ja-JP`
 */
export function chooseVoice<Voice extends { readonly lang: string }>(
  voices: readonly Voice[],
  language: string,
): Voice | undefined {
  // Android writes en_US.
  const tag = (text: string) => text.replace('_', '-').toLowerCase();
  const wanted = tag(language);
  const [primary = ''] = wanted.split('-');
  return (
    voices.find(({ lang }) => tag(lang) === wanted) ??
    voices.find(({ lang }) => tag(lang).split('-')[0] === primary)
  );
}
