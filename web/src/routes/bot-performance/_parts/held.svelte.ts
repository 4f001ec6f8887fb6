/** Scrolled further than this, a reader is in the middle of something: rows must not be pushed down above them. */
const SCROLLED_PX = 240;

/** Lets new rows in while the reader is at the top of the page, and holds them back while not. */
export class HeldBack {
  #ids: () => readonly string[];
  #scrolled = $state(false);
  #shown: ReadonlySet<string> = $state.raw(new Set());
  /** How many wait to be shown. */
  count: number = $derived.by(() => this.#ids().filter((id) => !this.#shown.has(id)).length);

  /** @param ids of all rows that came while the page was open */
  constructor(ids: () => readonly string[]) {
    this.#ids = ids;
    this.#shown = new Set(ids());
    $effect.pre(() => {
      const all = ids();
      if (!this.#scrolled) this.#shown = new Set(all);
    });
    $effect(() => {
      const look = (): void => {
        this.#scrolled = scrollY >= SCROLLED_PX;
      };
      look();
      addEventListener('scroll', look, { passive: true });
      return () => removeEventListener('scroll', look);
    });
  }

  shows(id: string): boolean {
    return this.#shown.has(id);
  }

  release(): void {
    this.#shown = new Set(this.#ids());
    window.scrollTo({ top: 0 });
  }
}
