/** How a visitor wants the page to look; kept in a cookie so that the server renders it without a flash. */
export interface Display {
  theme: Theme;
  palette: Palette;
  zone: ZoneChoice;
  density: Density;
  /** Whether single keys are shortcuts. */
  keys: Keys;
}

export const THEMES = ['auto', 'light', 'dark'] as const;
export const PALETTES = ['default', 'distinct', 'east'] as const;
export const ZONES = ['utc', 'local'] as const;
export const DENSITIES = ['comfortable', 'compact'] as const;
export const KEYS = ['on', 'off'] as const;
export type Theme = (typeof THEMES)[number];
/** `distinct` is High distinction; `east` is red for up and green for down, as in East Asia. */
export type Palette = (typeof PALETTES)[number];
export type ZoneChoice = (typeof ZONES)[number];
export type Density = (typeof DENSITIES)[number];
export type Keys = (typeof KEYS)[number];

export const DISPLAY_COOKIE = 'display';
export const DISPLAY_COOKIE_SECONDS = 365 * 24 * 3600;

function oneOf<T extends string>(values: readonly T[], value: string | null): T {
  return values.find((known) => known === value) ?? (values[0] as T);
}

/** Reads choices from a query string or a cookie's value; what is unknown becomes the default. */
export function readDisplay(source: string | URLSearchParams | undefined): Display {
  const params = typeof source === 'object' ? source : new URLSearchParams(source ?? '');
  return {
    theme: oneOf(THEMES, params.get('theme')),
    palette: oneOf(PALETTES, params.get('palette')),
    zone: oneOf(ZONES, params.get('zone')),
    density: oneOf(DENSITIES, params.get('density')),
    keys: oneOf(KEYS, params.get('keys')),
  };
}

/** The cookie's value: a query string. */
export function writeDisplay(display: Display): string {
  return new URLSearchParams({ ...display }).toString();
}

/** The attributes of `<html>` that the style sheet looks at. */
export function displayAttributes(display: Display): Record<string, string> {
  return { 'data-theme': display.theme, 'data-palette': display.palette, 'data-density': display.density };
}
