import { Kind } from 'graphql';
import type { DocumentNode, FragmentDefinitionNode, GraphQLError, SelectionSetNode } from 'graphql';
import { apiError } from './api-errors.ts';

export interface DocumentLimits {
  readonly maxDepth: number;
  /** The same below __schema and __type: the usual introspection query nests deeper than any other needs to. */
  readonly maxIntrospectionDepth: number;
  /** With every fragment written out where it is spread, as are the fields and the directives. */
  readonly maxAliases: number;
  readonly maxDirectives: number;
  readonly maxFields: number;
  readonly maxFragments: number;
  readonly maxOperations: number;
}

interface Shape {
  readonly depth: number;
  readonly introspectionDepth: number;
  readonly fields: number;
  readonly aliases: number;
  readonly directives: number;
}

const NOTHING: Shape = { depth: 0, introspectionDepth: 0, fields: 0, aliases: 0, directives: 0 };
const INTROSPECTION = new Set(['__schema', '__type']);

/**
 * What is too large about a document, judged before anything looks at it whose effort grows faster than the document. Every
 * fragment is measured once, however often it is spread. `__typename` counts like any other field.
 */
export function documentFaults(document: DocumentNode, limits: DocumentLimits): GraphQLError[] {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const size = tooMany('operations', operations.length, limits.maxOperations) ?? tooMany('fragments', fragments.size, limits.maxFragments);
  if (size) return [size];

  const measured = new Map<string, Shape | 'under way'>();
  const faults: GraphQLError[] = [];
  const ofFragment = (name: string): Shape => {
    const known = measured.get(name);
    const fragment = fragments.get(name);
    if (known === 'under way') faults.push(apiError('QUERY_TOO_DEEP', `The fragment ${shortName(name)} contains itself.`));
    if (known === 'under way' || !fragment) return NOTHING; // one that is not there is found by the validation
    if (known) return known;
    measured.set(name, 'under way');
    const shape = plus(ofSelections(fragment.selectionSet), { ...NOTHING, directives: fragment.directives?.length ?? 0 });
    measured.set(name, shape);
    return shape;
  };
  const ofSelections = (selectionSet: SelectionSetNode | undefined): Shape => {
    let total = NOTHING;
    for (const selection of selectionSet?.selections ?? []) {
      const directives = selection.directives?.length ?? 0;
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        total = plus(total, ofFragment(selection.name.value));
      } else {
        const below = ofSelections(selection.selectionSet);
        total = plus(total, selection.kind === Kind.FIELD ? fieldOver(below, selection.name.value, selection.alias !== undefined) : below);
      }
      total = { ...total, directives: total.directives + directives };
    }
    return total;
  };

  for (const operation of operations) {
    const onVariables = operation.variableDefinitions?.reduce((sum, { directives }) => sum + (directives?.length ?? 0), 0) ?? 0;
    const shape = ofSelections(operation.selectionSet);
    faults.push(...faultsOf({ ...shape, directives: shape.directives + onVariables + (operation.directives?.length ?? 0) }, limits));
  }
  // Also those that no operation spreads; whether they belong to an introspection cannot be seen.
  for (const name of fragments.keys()) faults.push(...faultsOf(ofFragment(name), { ...limits, maxDepth: limits.maxIntrospectionDepth }));
  return faults.slice(0, 1);
}

function fieldOver(below: Shape, name: string, hasAlias: boolean): Shape {
  const counted = { fields: below.fields + 1, aliases: below.aliases + (hasAlias ? 1 : 0), directives: below.directives };
  if (INTROSPECTION.has(name)) return { ...counted, depth: 0, introspectionDepth: below.depth + 1 };
  return { ...counted, depth: below.depth + 1, introspectionDepth: below.introspectionDepth };
}

function plus(one: Shape, other: Shape): Shape {
  return {
    depth: Math.max(one.depth, other.depth),
    introspectionDepth: Math.max(one.introspectionDepth, other.introspectionDepth),
    fields: one.fields + other.fields,
    aliases: one.aliases + other.aliases,
    directives: one.directives + other.directives,
  };
}

function faultsOf(shape: Shape, limits: DocumentLimits): GraphQLError[] {
  const faults = [
    tooMany('fields', shape.fields, limits.maxFields),
    tooMany('aliases', shape.aliases, limits.maxAliases),
    tooMany('directives', shape.directives, limits.maxDirectives),
    tooDeep(shape.depth, limits.maxDepth),
    tooDeep(shape.introspectionDepth, limits.maxIntrospectionDepth),
  ];
  return faults.filter((fault) => fault !== undefined);
}

function tooMany(what: string, count: number, most: number): GraphQLError | undefined {
  if (count <= most) return undefined;
  return apiError('QUERY_TOO_LARGE', `The query has too many ${what}, with its fragments written out: at most ${most} are allowed.`);
}

function tooDeep(depth: number, most: number): GraphQLError | undefined {
  return depth > most ? apiError('QUERY_TOO_DEEP', `The query nests ${depth} fields deep: at most ${most} are allowed.`) : undefined;
}

function shortName(name: string): string {
  return name.slice(0, 40);
}
