import { readFileSync } from 'node:fs';
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  lexicographicSortSchema,
  printSchema,
  validateSchema,
} from 'graphql';
import type { GraphQLNamedType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from './schema.ts';

const ownTypes = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type));

/** Everything of a type that people read about, as "Type.field(argument)". */
function parts(type: GraphQLNamedType): { readonly name: string; readonly description: string | null | undefined }[] {
  const all = [{ name: type.name, description: type.description }];
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      all.push({ name: `${type.name}.${field.name}`, description: field.description });
      for (const argument of field.args)
        all.push({ name: `${type.name}.${field.name}(${argument.name})`, description: argument.description });
    }
  }
  if (isInputObjectType(type))
    for (const field of Object.values(type.getFields())) all.push({ name: `${type.name}.${field.name}`, description: field.description });
  if (isEnumType(type))
    for (const value of type.getValues()) all.push({ name: `${type.name}.${value.name}`, description: value.description });
  return all;
}

describe('the public schema', () => {
  test('is valid', () => {
    expect(validateSchema(schema)).toEqual([]);
  });

  test('is the one kept in schema.graphql', () => {
    const kept = readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8');
    expect(`${printSchema(lexicographicSortSchema(schema))}\n` === kept, 'run: npm run generate').toBe(true);
  });

  test('says of every type, field, argument, enum value and input field what it is', () => {
    const all = ownTypes.flatMap(parts);
    expect(all.length).toBeGreaterThan(200);
    expect(all.filter(({ description }) => !description || description.trim().length < 5).map(({ name }) => name)).toEqual([]);
  });

  test('holds money, prices and quantities as Decimal and never as Float', () => {
    const money = /(price|pnl|profit|loss|size|quantity|fees|invested|value|drawdown|capitalBase)$/i;
    const floats = ownTypes
      .filter((type) => isObjectType(type) || isInputObjectType(type))
      .flatMap((type) =>
        Object.values(type.getFields())
          .filter((field) => money.test(field.name) && String(getNamedType(field.type)) === 'Float')
          .map((field) => `${type.name}.${field.name}`),
      );
    // A metric's value may be a ratio or a mean; exact sums stand beside it.
    expect(floats).toEqual(['Metric.value']);
  });

  test('has no mutation that touches a trade', () => {
    expect(Object.keys(schema.getMutationType()!.getFields()).sort()).toEqual(['activateSignal', 'cancelSignal', 'createSignal']);
  });

  test('names nothing of a token', () => {
    expect(
      ownTypes
        .flatMap(parts)
        .filter(({ name }) => /token|hash|secret|password/i.test(name))
        .map(({ name }) => name),
    ).toEqual([]);
  });
});
