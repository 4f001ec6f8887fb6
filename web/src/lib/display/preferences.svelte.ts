import { createContext } from 'svelte';
import type { Zone } from '#lib/format/time.ts';
import { DISPLAY_COOKIE, DISPLAY_COOKIE_SECONDS, displayAttributes, writeDisplay, type Display } from './display.ts';

/** The visitor's choices as the page uses them; changes are applied at once and remembered in the cookie. */
export class Preferences {
  display: Display = $state.raw({ theme: 'auto', palette: 'default', zone: 'utc', density: 'comfortable', keys: 'on' });
  /** The zone that times are printed in: UTC on the server, the visitor's own only once the page has come alive. */
  zone: Zone = $derived.by(() => (this.#alive && this.display.zone === 'local' ? localZone() : 'UTC'));
  #alive = $state(false);

  constructor(display: Display) {
    this.display = display;
  }

  /** Call when the page has been hydrated. */
  start(): void {
    this.#alive = true;
  }

  set<K extends keyof Display>(key: K, value: Display[K]): void {
    this.display = { ...this.display, [key]: value };
    for (const [name, attribute] of Object.entries(displayAttributes(this.display))) {
      document.documentElement.setAttribute(name, attribute);
    }
    document.cookie = `${DISPLAY_COOKIE}=${encodeURIComponent(writeDisplay(this.display))}; path=/; max-age=${DISPLAY_COOKIE_SECONDS}; samesite=lax`;
  }
}

function localZone(): Zone {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export const [getPreferences, setPreferences] = createContext<Preferences>();
