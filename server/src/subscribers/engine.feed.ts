import { getOperationAST, GraphQLError } from 'graphql';
import type { DocumentNode, ExecutionArgs, ExecutionResult, GraphQLSchema } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { MailboxOverflow } from './mailbox.ts';

type Promised<T> = T | Promise<T>;

/** The GraphQL engine behind both transports, with everything that was plugged into it; yoga is one. */
export interface Engine {
  getEnveloped(initialContext: Readonly<Record<string, unknown>>): {
    readonly schema: GraphQLSchema;
    parse(query: string): DocumentNode;
    validate(schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[];
    subscribe(args: ExecutionArgs): Promised<AsyncIterable<ExecutionResult> | ExecutionResult>;
    contextFactory(): unknown;
  };
}

/** Why a subscription does not begin. */
export interface Refused {
  readonly errors: readonly GraphQLError[];
}
/** What a subscription tells. */
export type Results = AsyncIterable<ExecutionResult>;

/**
 * Begins a subscription, and nothing else: queries and mutations belong to HTTP, where every limit applies. Undefined where what it
 * tells goes another way, by an outlet in the context.
 */
export async function beginSubscription(
  engine: Engine,
  initialContext: Readonly<Record<string, unknown>>,
  { query, operationName, variables }: SubscribePayload,
): Promise<Refused | Results | undefined> {
  const enveloped = engine.getEnveloped(initialContext);
  let document: DocumentNode;
  try {
    document = enveloped.parse(query);
  } catch (error) {
    return refused(error instanceof GraphQLError ? error : new GraphQLError('The query cannot be read.'));
  }
  if (getOperationAST(document, operationName)?.operation !== 'subscription')
    return refusal('SUBSCRIPTIONS_ONLY', 'Only subscriptions go over WebSocket; send queries and mutations by POST.');
  const errors = enveloped.validate(enveloped.schema, document);
  if (errors.length > 0) return refused(...errors);
  const result = await enveloped.subscribe({
    schema: enveloped.schema,
    document,
    contextValue: await enveloped.contextFactory(),
    ...(operationName != null && { operationName }),
    ...(variables != null && { variableValues: variables }),
  });
  if (Symbol.asyncIterator in result) return result;
  return result.errors ? refused(...result.errors) : undefined;
}

export function refusal(code: string, message: string): Refused {
  return refused(new GraphQLError(message, { extensions: { code } }));
}

function refused(...errors: readonly GraphQLError[]): Refused {
  return { errors: errors.map(withoutStatus) };
}

/** Without what only an HTTP answer has a place for. */
function withoutStatus(error: GraphQLError): GraphQLError {
  const { message, nodes, source, positions, path, extensions } = error;
  const { http: _, ...others } = extensions;
  return new GraphQLError(message, { nodes, source, positions, path, extensions: others });
}

/** The last that a subscription tells which ended by being shed; undefined where it ended for another reason. */
export function lastOfShed(reason: unknown): { readonly errors: readonly GraphQLError[] } | undefined {
  if (!(reason instanceof MailboxOverflow)) return undefined;
  const message = `${reason.message}: subscribe again with the last sequence you have`;
  return { errors: [new GraphQLError(message, { extensions: { code: 'SUBSCRIBER_TOO_SLOW' } })] };
}
