import { moneyChange } from '#lib/format/number.ts';

/**
 * Before the page comes alive. The first number that is printed takes a process 20 ms and more, so one is printed here: the browser can
 * draw and answer between that and the rest.
 */
export async function init(): Promise<void> {
  moneyChange(0);
  await new Promise((resolve) => setTimeout(resolve));
}
