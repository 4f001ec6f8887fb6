import type { Link, LinkEvents } from './link.ts';

type OpenLink = (events: LinkEvents) => Link;

/** A link whose code is fetched when it is first needed; code that cannot be fetched is a link that is gone, so it is tried again. */
export function lazyLink(load: () => Promise<OpenLink>): OpenLink {
  return (events) => {
    let link: Link | null = null;
    let closed = false;
    load().then(
      (open) => {
        if (!closed) link = open(events);
      },
      () => {
        if (!closed) events.gone();
      },
    );
    return {
      // Nobody subscribes before the link is alive.
      subscribe: (name, variables, next) => link?.subscribe(name, variables, next) ?? (() => undefined),
      close() {
        closed = true;
        link?.close();
      },
    };
  };
}
