import { LIMITS, variableOf } from './limits.ts';
import type { Setting } from './setting.ts';
import { SETTINGS } from './settings.ts';

const HEAD = `# Every setting of the server, with its default: copy this file to .env and change what you need. A variable of the environment goes
# before one of the file. Nothing here has to be set. A wrong value ends the start with one line for each.
# Written by "npm run generate" from server/src/process/settings.ts and limits.ts.`;

/** The text of .env.example. */
export function envExample(): string {
  const settings = Object.entries<Setting<unknown>>(SETTINGS).map(([name, setting]) => entry(name, setting));
  const limits = Object.entries<Readonly<Record<string, Setting<number>>>>(LIMITS).map(([part, settingsOfPart]) => [
    `# Limits of ${part}`,
    ...Object.entries(settingsOfPart).map(([name, setting]) => entry(variableOf(part, name), setting)),
  ]);
  return `${[HEAD, ...settings, ...limits.flat()].join('\n\n')}\n`;
}

function entry(name: string, { about, allowed, standard }: Setting<unknown>): string {
  return `# ${about}\n# ${allowed}${standard === undefined ? '; not set by default' : ''}\n# ${name}=${standard ?? ''}`;
}
