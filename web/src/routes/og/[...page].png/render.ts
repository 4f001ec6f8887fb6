import { createRequire } from 'node:module';
import { renderAsync } from '@resvg/resvg-js';
import { FONT } from './svg.ts';

/** Inter (SIL Open Font License), as TrueType files: the renderer reads no packed web fonts. */
const { resolve } = createRequire(import.meta.url);
const fontFiles = ['400Regular/Inter_400Regular.ttf', '700Bold/Inter_700Bold.ttf'].map((file) =>
  resolve(`@expo-google-fonts/inter/${file}`),
);

/** Pictures kept, of up to some 60 kB each. */
const KEPT = 100;
/** The same for everybody, so that visitors share them. */
const kept = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

/** Draws outside the event loop, at most once for each key: what a picture shows must be in it. */
export function drawn(key: string, svg: () => string): Promise<Uint8Array<ArrayBuffer>> {
  const known = kept.get(key);
  if (known) return known;
  const picture = draw(svg());
  kept.set(key, picture);
  picture.catch(() => kept.delete(key));
  const [oldest] = kept.keys();
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
  return picture;
}

async function draw(svg: string): Promise<Uint8Array<ArrayBuffer>> {
  const image = await renderAsync(svg, { font: { fontFiles, loadSystemFonts: false, defaultFontFamily: FONT } });
  return Uint8Array.from(image.asPng());
}
