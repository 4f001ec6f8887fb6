import type { LiveSession } from '../session.svelte.ts';
import { browserTimers } from '../timers.ts';
import { LiveEngine, type EngineOptions } from './engine.svelte.ts';
import { openLink, socketUrl } from './link.ts';

/** The engine of a page in a browser, over a socket to where the page came from. */
export function engineOf(session: LiveSession, { refetch, onReturn }: Pick<EngineOptions, 'refetch' | 'onReturn'>): LiveEngine {
  return new LiveEngine({
    session,
    timers: browserTimers,
    random: Math.random,
    open: (events) => openLink(socketUrl(), events),
    refetch,
    onReturn,
  });
}
