export type Action = 'overview' | 'open' | 'history' | 'symbol' | 'pause' | 'theme' | 'help';

/** What each action is reached by; of two keys the second follows the first within a second. */
export const SHORTCUTS: readonly { keys: readonly string[]; action: Action }[] = [
  { keys: ['g', 'o'], action: 'overview' },
  { keys: ['g', 'p'], action: 'open' },
  { keys: ['g', 'h'], action: 'history' },
  { keys: ['/'], action: 'symbol' },
  { keys: ['p'], action: 'pause' },
  { keys: ['t'], action: 'theme' },
  { keys: ['?'], action: 'help' },
];

const SECOND_KEY_MS = 1_000;

/** Understands keys one by one. */
export class ShortcutReader {
  #first: { key: string; at: number } | null = null;

  /** The action that this key completes. @param now milliseconds */
  press(key: string, now: number): Action | null {
    const first = this.#first && now - this.#first.at <= SECOND_KEY_MS ? this.#first.key : null;
    this.#first = null;
    const found = SHORTCUTS.find(({ keys }) => (first === null ? keys.join() === key : keys.join() === `${first},${key}`));
    if (found) return found.action;
    if (SHORTCUTS.some(({ keys }) => keys.length > 1 && keys[0] === key)) this.#first = { key, at: now };
    return null;
  }
}
