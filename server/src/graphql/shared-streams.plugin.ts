import type { ExecutionArgs } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { SharedStreams } from './shared-streams.ts';

/** Has every subscription, on every transport, run by the shared streams. */
export function sharedStreams(streams: SharedStreams): Plugin {
  return {
    onSubscribe({ setSubscribeFn }) {
      setSubscribeFn((args) => streams.subscribe(args as ExecutionArgs));
    },
  };
}
