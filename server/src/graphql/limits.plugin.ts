import type { IncomingMessage } from 'node:http';
import { getOperationAST, GraphQLError, parse, validate } from 'graphql';
import type { DocumentNode, ExecutionResult, GraphQLSchema } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Clock } from '../kernel/clock.ts';
import { API_ERRORS, apiError, forCallers } from './api-errors.ts';
import { costOf, rowsIn } from './cost.ts';
import { documentFaults } from './document-limits.ts';
import type { DocumentLimits } from './document-limits.ts';
import { isEventStream } from './front-door.ts';
import type { RequestBudget } from './request-budget.ts';
import { holdsToken, tokenNotInHeader, variableFault } from './variable-limits.ts';
import type { VariableLimits } from './variable-limits.ts';
import type { Visitors } from './visitors.ts';

export interface RequestLimits extends DocumentLimits, VariableLimits {
  /** Words, names, numbers and signs of a query. */
  readonly maxTokens: number;
  readonly executionTimeoutMs: number;
}

/** A query that is wrong everywhere is not told so everywhere: finding what a name may have meant takes time. */
const MAX_VALIDATION_ERRORS = 5;

interface Asked {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variableValues?: unknown;
  readonly contextValue?: unknown;
}

/**
 * Everything that is limited about what a request asks for, in the order in which it is known: tokens, shape, variables, cost. These
 * are hooks of the engine and not of HTTP, so that they hold on every transport. Cost is judged when an operation starts and never
 * as a rule of the validation, whose result is kept without the variables.
 */
export function requestLimits(limits: RequestLimits, budget: RequestBudget, visitors: Visitors, clock: Clock): Plugin {
  const visitorOf = (context: unknown): string => {
    const { req, visitor } = context as { req?: IncomingMessage; visitor?: string };
    return visitor ?? (req ? visitors.of(req) : 'unknown');
  };

  /** The operation's cost and the end of it, or why it is not begun. */
  const begin = (visitor: string, { schema, document, operationName, variableValues }: Asked) => {
    const variables = (variableValues ?? {}) as Readonly<Record<string, unknown>>;
    const operation = getOperationAST(document, operationName);
    const fault = variableFault(variables, limits);
    if (fault) budget.chargeRefused(visitor);
    const points = operation && !fault ? costOf(schema, document, operation, variables) : 0;
    return { points, ...(fault ? { refused: fault } : budget.begin(visitor, points)) };
  };
  const withCost = (result: ExecutionResult, visitor: string, points: number): ExecutionResult => {
    const cost = { requested: points, maximum: budget.maxCost };
    return { ...result, extensions: { ...result.extensions, cost, rateLimit: budget.state(visitor) } };
  };

  return {
    onParse({ params, setParseFn, context }) {
      if (holdsToken(String(params.source))) throw tokenNotInHeader('query');
      setParseFn((source, options) => parseWithin(limits.maxTokens, source as string, options as object));
      return ({ result }) => {
        if (result instanceof Error) budget.chargeRefused(visitorOf(context));
      };
    },
    onValidate({ setValidationFn, context }) {
      setValidationFn((schema: GraphQLSchema, document: DocumentNode, rules: Parameters<typeof validate>[2]) => {
        const faults = documentFaults(document, limits);
        return faults.length > 0
          ? faults
          : validate(schema, document, rules, { maxErrors: MAX_VALIDATION_ERRORS }).map((fault) => invalid(fault, schema));
      });
      return ({ valid }) => {
        if (!valid) budget.chargeRefused(visitorOf(context));
      };
    },
    onExecute({ args, executeFn, setExecuteFn, setResultAndStopExecution }) {
      const visitor = visitorOf(args.contextValue);
      const begun = begin(visitor, args);
      if ('refused' in begun) return setResultAndStopExecution(withCost({ errors: [begun.refused] }, visitor, begun.points));
      setExecuteFn((given) => inTime(Promise.resolve(executeFn(given)).finally(begun.done), limits.executionTimeoutMs, clock));
      return {
        onExecuteDone({ result, setResult }) {
          if (Symbol.asyncIterator in result) return;
          const { data, errors, ...rest } = result as ExecutionResult;
          budget.charge(visitor, Math.max(0, rowsIn(data) - begun.points));
          setResult(
            withCost(
              { ...rest, ...(data !== undefined && { data }), ...(errors && { errors: withStatus(data, errors) }) },
              visitor,
              begun.points,
            ),
          );
        },
      };
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const visitor = visitorOf(args.contextValue);
      const { req } = args.contextValue as { req?: IncomingMessage }; // by HTTP only
      if (req && !isEventStream(req))
        return setResultAndStopExecution({ errors: [apiError('EVENT_STREAM_NOT_ACCEPTED', API_ERRORS.EVENT_STREAM_NOT_ACCEPTED.about)] });
      const begun = begin(visitor, args);
      if ('refused' in begun) return setResultAndStopExecution(withCost({ errors: [begun.refused] }, visitor, begun.points));
      begun.done(); // what goes on is bounded by the number of subscriptions
      return undefined;
    },
    onResponse({ response, serverContext }) {
      for (const [name, value] of Object.entries(budget.headers(visitorOf(serverContext)))) response.headers.set(name, value);
    },
  };
}

function parseWithin(maxTokens: number, source: string, options: object): DocumentNode {
  try {
    return parse(source, { ...options, maxTokens });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const isTooLong = error.message.includes('Parsing aborted');
    const { extensions } = isTooLong ? apiError('QUERY_TOO_LARGE', '') : apiError('GRAPHQL_PARSE_FAILED', '');
    const message = isTooLong ? `The query has more than ${maxTokens} tokens: words, names, numbers and signs.` : error.message;
    throw forCallers(new GraphQLError(message, { source: error.source, positions: error.positions, extensions }));
  }
}

function invalid(error: GraphQLError, schema: GraphQLSchema): GraphQLError {
  error.extensions['code'] ??= 'GRAPHQL_VALIDATION_FAILED';
  return forCallers(error, schema);
}

/** Where nothing at all could be answered, a fault of the server is one of the HTTP answer, too: it is what programs try again for. */
function withStatus(data: ExecutionResult['data'], errors: readonly GraphQLError[]): readonly GraphQLError[] {
  const fault = data == null ? errors.find(({ extensions }) => extensions['code'] === 'INTERNAL_SERVER_ERROR') : undefined;
  if (fault) fault.extensions['http'] = { status: API_ERRORS.INTERNAL_SERVER_ERROR.status };
  return errors;
}

/** The result, or an error once it takes too long. What was begun goes on unheard; the database bounds it by itself. */
function inTime<T>(result: Promise<T>, timeoutMs: number, clock: Clock): Promise<T | ExecutionResult> {
  const late = Promise.withResolvers<ExecutionResult>();
  const cancel = clock.after(timeoutMs, () => {
    const message = `The answer took longer than ${timeoutMs / 1_000} s. A mutation may have been done: send it again with the same externalId.`;
    late.resolve({ errors: [apiError('EXECUTION_TIMEOUT', message)] });
  });
  return Promise.race([result, late.promise]).finally(cancel);
}
