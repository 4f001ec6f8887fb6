/**
 * What people can read as it stands: letters with their marks, digits, punctuation, symbols and spaces of any script. Neither characters
 * that control something (the direction of text among them), nor invisible ones, nor halves, nor those that mean nothing yet.
 */
const PLAIN = /^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]*$/u;
/** In the way of Hangul syllables that are none, and of Braille without dots: letters and symbols that show nothing. */
const INVISIBLE = /[\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5\u180b-\u180f]/;
/** What joins emoji to one: invisible, but only between two of them. */
const EMOJI_JOINER = /(?<=\p{Extended_Pictographic}\ufe0f?\p{Emoji_Modifier}?)\u200d(?=\p{Extended_Pictographic})/gu;
/** No script stacks more marks on a letter. */
const TOO_MANY_MARKS = /\p{M}{9}/u;

/** `hasLines`: tabs and line breaks are taken too. */
export function isPlainText(text: string, hasLines: boolean): boolean {
  const visible = (hasLines ? text.replaceAll(/[\t\n\r]/g, ' ') : text).replaceAll(EMOJI_JOINER, '');
  return text.isWellFormed() && PLAIN.test(visible) && !INVISIBLE.test(visible) && !TOO_MANY_MARKS.test(visible);
}
