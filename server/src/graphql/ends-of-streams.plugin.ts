import { GraphQLError } from 'graphql';
import type { ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { lastOfShed } from '../subscribers/engine.feed.ts';

/**
 * Ends a subscription that was shed with a last result that says so, on every transport alike. Left to itself the error would
 * close a WebSocket with a code after which clients never come back.
 */
export function endsOfStreams(): Plugin {
  return {
    onSubscribe: () => ({
      onSubscribeResult({ result, setResult }) {
        if (Symbol.asyncIterator in result) setResult(endCleanly(result as AsyncIterable<ExecutionResult>));
      },
    }),
  };
}

function endCleanly(source: AsyncIterable<ExecutionResult>): AsyncIterableIterator<ExecutionResult> {
  const iterator = source[Symbol.asyncIterator]();
  let ended = false;
  return {
    async next() {
      if (ended) return { value: undefined, done: true };
      try {
        return await iterator.next();
      } catch (error) {
        ended = true;
        // The executor passes on what a source throws inside an error of its own.
        const reason = error instanceof GraphQLError ? error.originalError : error;
        const value = lastOfShed(reason);
        if (!value) throw error;
        return { value, done: false };
      }
    },
    async return() {
      ended = true;
      await iterator.return?.();
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
