import type { LiveSession } from '../session.svelte.ts';
import { browserTimers } from '../timers.ts';
import { LiveEngine, type EngineOptions } from './engine.svelte.ts';
import { openLink, socketUrl } from './link.ts';

/** Another socket than the real one. */
type SocketOption = { open?: EngineOptions['open'] | undefined };

/** The engine of a page in a browser, over a socket to where the page came from. */
export function engineOf(
  session: LiveSession,
  { refetch, onReturn, open = (events) => openLink(socketUrl(), events) }: Pick<EngineOptions, 'refetch' | 'onReturn'> & SocketOption,
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
