import type { LiveSession } from '../session.svelte.ts';
import { browserTimers } from '../timers.ts';
import { LiveEngine, type EngineOptions } from './engine.svelte.ts';
import { openLink, socketUrl } from './link.ts';

/** The engine of a page in a browser, over a socket to where the page came from unless it is given another. */
export function engineOf(
  session: LiveSession,
  { open = (events) => openLink(socketUrl(), events), refetch, onReturn }: Pick<EngineOptions, 'refetch' | 'onReturn'> & { open?: EngineOptions['open'] | undefined },
): LiveEngine {
  return new LiveEngine({
    session,
    timers: browserTimers,
    random: Math.random,
    open,
    refetch,
    onReturn,
  });
}
