import { getOperationAST, Kind, print, visit } from 'graphql';
import type { DocumentNode, GraphQLSchema, ValueNode } from 'graphql';
import { STREAM_KINDS } from '../subscribers/viewer.ts';
import type { StreamKind } from '../subscribers/viewer.ts';

/** A subscription operation as all its viewers have it in common. */
export interface SharedOperation {
  readonly kind: StreamKind;
  /** Without `after`: where a viewer begins is its own affair. */
  readonly document: DocumentNode;
  /** What the viewer gave for `after`. */
  readonly after: ValueNode | undefined;
  /** Equal for equal operations, however they were written. */
  readonly text: string;
  /** Variables that the shared document uses. */
  readonly variables: readonly string[];
}

/**
 * What can be shared of an operation; undefined where it cannot. A subscription field says itself how it may be shared, by the
 * extension `stream`: one that depends on the viewer does not. An operation whose root field stands in a fragment runs alone.
 */
export function sharedOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
): SharedOperation | undefined {
  const operation = getOperationAST(document, operationName);
  const [root, ...others] = operation?.selectionSet.selections ?? [];
  if (operation?.operation !== 'subscription' || root?.kind !== Kind.FIELD || others.length > 0) return undefined;
  const kind = schema.getSubscriptionType()?.getFields()[root.name.value]?.extensions['stream'];
  if (!isStreamKind(kind)) return undefined;
  const after = root.arguments?.find(({ name }) => name.value === 'after')?.value;
  const args = root.arguments?.filter(({ name }) => name.value !== 'after') ?? [];
  const withoutAfter = visit(document, { Field: (field) => (field === root ? { ...root, arguments: args } : undefined) });
  const used = new Set<string>();
  visit(withoutAfter, { VariableDefinition: () => false, Variable: ({ name }) => void used.add(name.value) });
  const shared = visit(withoutAfter, { VariableDefinition: ({ variable }) => (used.has(variable.name.value) ? undefined : null) });
  return { kind, document: shared, after, text: `${operationName ?? ''}\n${print(shared)}`, variables: [...used].sort() };
}

/** The value given for an argument, before any coercion. */
export function givenValue(
  node: ValueNode | undefined,
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: Readonly<Record<string, unknown>>,
): unknown {
  if (node?.kind === Kind.STRING || node?.kind === Kind.INT) return node.value;
  if (node?.kind !== Kind.VARIABLE) return undefined;
  const given = variables[node.name.value];
  if (given !== undefined) return given;
  const definitions = getOperationAST(document, operationName)?.variableDefinitions;
  const fallback = definitions?.find(({ variable }) => variable.name.value === node.name.value)?.defaultValue;
  return fallback?.kind === Kind.STRING ? fallback.value : undefined;
}

/** JSON that is equal for equal values: keys in order, and only those variables that are used. */
export function canonicalVariables(names: readonly string[], variables: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(names.map((name) => canonical(variables[name])));
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return { object: entries.map(([key, each]) => [key, canonical(each)]) };
}

function isStreamKind(value: unknown): value is StreamKind {
  return STREAM_KINDS.includes(value as StreamKind);
}
