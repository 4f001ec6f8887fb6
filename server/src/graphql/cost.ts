import { getNamedType, getNullableType, isCompositeType, isInterfaceType, isListType, isObjectType, Kind } from 'graphql';
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLField,
  GraphQLNamedType,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
  ValueNode,
} from 'graphql';

/** What a field costs, said beside it: `extensions: cost({ … })`. One that says nothing costs 1 where it is an object, else 0. */
export interface FieldCost {
  /** Points each time the field is asked for. */
  readonly points?: number;
  /** How many rows a list has at most: a number, what an argument says (its length where it is a list), or the page around it. */
  readonly rows?: number | { readonly argument: string; readonly most: number } | 'page';
  /** Points of each row besides what is asked for in it; 1 without. */
  readonly perRow?: number;
  /** Of a connection: the sizes of its pages, as `first` or `last` say. */
  readonly page?: { readonly standard: number; readonly most: number };
}

export function cost(fieldCost: FieldCost): { readonly cost: FieldCost } {
  return { cost: fieldCost };
}

/** A list that does not say how long it can be is taken for a long one. */
const UNKNOWN_ROWS = 100;
/** Introspection reads what is in memory, and its lists are short but for the one of all types. */
const INTROSPECTION_POINTS = 0.05;
const INTROSPECTION_ROWS = 5;

export function declaredCost(parent: GraphQLNamedType, field: GraphQLField<unknown, unknown>, schema: GraphQLSchema): FieldCost {
  if (!parent.name.startsWith('__')) return (field.extensions as { cost?: FieldCost }).cost ?? {};
  const rows = field.name === 'types' ? Object.keys(schema.getTypeMap()).length : INTROSPECTION_ROWS;
  return { rows, perRow: INTROSPECTION_POINTS, points: isCompositeType(getNamedType(field.type)) ? INTROSPECTION_POINTS : 0 };
}

/** How many entries the lists of an answer have together: some lists turn out longer than their field could say beforehand. */
export function rowsIn(data: unknown): number {
  if (Array.isArray(data)) return data.reduce<number>((sum, entry) => sum + rowsIn(entry), data.length);
  if (typeof data !== 'object' || data === null) return 0;
  let rows = 0;
  for (const value of Object.values(data)) if (typeof value === 'object') rows += rowsIn(value);
  return rows;
}

type Variables = Readonly<Record<string, unknown>>;

/**
 * The points of one operation, by what its variables say, before anything of it is executed. Never less than it can cost: fields
 * that are merged or skipped count, and so does every type that an interface may turn out to be.
 */
export function costOf(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: Variables): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const known = new Map<string, number>();

  const argument = (node: FieldNode, field: GraphQLField<unknown, unknown>, name: string): number | undefined => {
    const given = node.arguments?.find((each) => each.name.value === name)?.value;
    return sizeOf(given, operation, variables) ?? sizeOfValue(standardOf(field, name));
  };
  const rowsOf = (node: FieldNode, field: GraphQLField<unknown, unknown>, { rows }: FieldCost, page: number): number => {
    if (rows === 'page') return page;
    if (typeof rows === 'object') return within(argument(node, field, rows.argument) ?? rows.most, rows.most);
    return rows ?? UNKNOWN_ROWS;
  };
  const ofField = (node: FieldNode, parent: GraphQLNamedType, page: number): number => {
    const field = schema.getField(parent as never, node.name.value);
    if (!field) return 0; // the validation has refused it
    const type = getNamedType(field.type);
    const declared = declaredCost(parent, field, schema);
    const inner = declared.page
      ? within(argument(node, field, 'first') ?? argument(node, field, 'last') ?? declared.page.standard, declared.page.most)
      : page;
    const below = ofSelections(node.selectionSet, type, inner);
    if (!isListType(getNullableType(field.type))) return (declared.points ?? (isCompositeType(type) ? 1 : 0)) + below;
    return (declared.points ?? 0) + rowsOf(node, field, declared, page) * ((declared.perRow ?? 1) + below);
  };
  const ofSelections = (selectionSet: SelectionSetNode | undefined, parent: GraphQLNamedType, page: number): number => {
    let total = 0;
    for (const selection of selectionSet?.selections ?? []) {
      if (selection.kind === Kind.FIELD) total += ofField(selection, parent, page);
      else if (selection.kind === Kind.INLINE_FRAGMENT)
        total += ofSelections(selection.selectionSet, typeNamed(schema, selection.typeCondition?.name.value) ?? parent, page);
      else total += ofFragment(selection.name.value, page);
    }
    return total;
  };
  const ofFragment = (name: string, page: number): number => {
    const key = `${name} ${page}`;
    const before = known.get(key);
    const fragment = fragments.get(name);
    const type = typeNamed(schema, fragment?.typeCondition.name.value);
    if (before !== undefined || !fragment || !type) return before ?? 0;
    const points = ofSelections(fragment.selectionSet, type, page);
    known.set(key, points);
    return points;
  };

  const root = schema.getRootType(operation.operation);
  return root ? Math.ceil(ofSelections(operation.selectionSet, root, 1)) : 0;
}

function typeNamed(schema: GraphQLSchema, name: string | undefined): GraphQLNamedType | undefined {
  const type = name === undefined ? undefined : schema.getType(name);
  return isObjectType(type) || isInterfaceType(type) ? type : undefined;
}

/** A number as it is, the length of a list; undefined where nothing was given. */
function sizeOf(node: ValueNode | undefined, operation: OperationDefinitionNode, variables: Variables): number | undefined {
  if (node?.kind === Kind.INT) return Number.parseInt(node.value, 10);
  if (node?.kind === Kind.LIST) return node.values.length;
  if (node?.kind !== Kind.VARIABLE) return node && node.kind !== Kind.NULL ? 1 : undefined;
  const name = node.name.value;
  // A variable that is null is null: its default is for those that were not given.
  if (variables[name] !== undefined) return sizeOfValue(variables[name]);
  const standard = operation.variableDefinitions?.find(({ variable }) => variable.name.value === name)?.defaultValue;
  return standard && sizeOf(standard, operation, {});
}

function sizeOfValue(value: unknown): number | undefined {
  if (Array.isArray(value)) return value.length;
  return typeof value === 'number' ? value : undefined;
}

/** What is out of range is refused by the field itself; until then it counts as the nearest value that is allowed. */
function within(rows: number, most: number): number {
  return Number.isFinite(rows) ? Math.min(Math.max(rows, 1), most) : most;
}

function standardOf(field: GraphQLField<unknown, unknown>, argument: string): unknown {
  const found = field.args.find(({ name }) => name === argument);
  return found?.default?.value ?? found?.defaultValue;
}
