/*
 * Every word of the page is in this folder, ready to be translated: one file for what all pages share, one for each part, and in `later/`
 * those not needed at first, which are loaded with what needs them.
 */

/** Decides how numbers and dates are written. */
export const LOCALE = 'en-US';

export const plural = (n: number, one: string, many: string): string => (n === 1 ? one : many);
