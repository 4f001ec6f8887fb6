import { builder } from '../graphql/builder.ts';
import { cost } from '../graphql/cost.ts';
import { DirectionEnum } from '../trades/enums.schema.ts';
import { METRIC_DOCS } from './metric-docs.ts';
import type { PerformanceField } from './metric-docs.ts';
import { METRIC_REASONS } from './metric.ts';
import type { MetricDoc } from './metric.ts';
import { OTHER_DOCS } from './other-docs.ts';
import { workedExample } from './worked-example.ts';
import type { ExampleTrade, WorkedExample } from './worked-example.ts';
import { WORKINGS } from './workings.ts';

/** Rises whenever a figure's definition changes; CHANGELOG.md says how. */
const METHOD_VERSION = '1';

interface DocumentedFigure extends MetricDoc {
  readonly field: string;
  readonly working: string | null;
}

const FigureRef = builder.objectRef<DocumentedFigure>('DocumentedFigure');
FigureRef.implement({
  description: 'How one figure is defined; the descriptions of the fields are made from the same text.',
  fields: (t) => ({
    field: t.exposeString('field', { description: 'Its name in Performance; of the last ones in Trade and in Query.' }),
    name: t.exposeString('name', { description: 'Its name for readers.' }),
    unit: t.exposeString('unit', { description: 'What it is measured in.' }),
    formula: t.exposeString('formula', { description: 'How it is worked out, in plain text.' }),
    explanation: t.exposeString('explanation', { description: 'What it says, in one sentence.' }),
    source: t.exposeString('source', { nullable: true, description: 'Who defined it first; null for plain counting and adding.' }),
    working: t.exposeString('working', {
      nullable: true,
      description: 'The calculation for the worked example, numbers filled in; null for what is only counted or set.',
    }),
  }),
});

const ExampleTradeRef = builder.objectRef<ExampleTrade>('ExampleTrade');
ExampleTradeRef.implement({
  description: 'A made-up closed trade of the worked example, with a fee of 0.1 % per side. Money is in the quote currency.',
  fields: (t) => ({
    number: t.exposeString('id', { description: 'Its number, in the order of closure from 1.' }),
    direction: t.expose('direction', { type: DirectionEnum, description: 'Long or short.' }),
    quantity: t.expose('quantity', { type: 'Decimal', description: '100 / entryPrice.' }),
    entryPrice: t.expose('entryPrice', { type: 'Decimal', description: 'Price at entry.' }),
    exitPrice: t.expose('exitPrice', { type: 'Decimal', description: 'Price at exit.' }),
    stopLoss: t.expose('stopLoss', { type: 'Decimal', description: 'Price at which it would have been stopped out.' }),
    entryTime: t.field({ type: 'DateTime', description: 'Entry.', resolve: ({ entryTimeMs }) => new Date(entryTimeMs) }),
    exitTime: t.field({ type: 'DateTime', description: 'Exit.', resolve: ({ exitTimeMs }) => new Date(exitTimeMs) }),
    grossPnl: t.expose('grossPnl', { type: 'Decimal', description: '(exitPrice − entryPrice) × quantity × sign.' }),
    fees: t.expose('fees', { type: 'Decimal', description: '0.001 × quantity × (entryPrice + exitPrice).' }),
    realizedPnl: t.expose('realizedPnl', { type: 'Decimal', description: 'grossPnl − fees.' }),
    ambiguous: t.exposeBoolean('ambiguous', { description: 'Whether one candle reached both of its levels.' }),
  }),
});

const ReasonRef = builder.objectRef<{ code: string; text: string }>('UndefinedReason');
ReasonRef.implement({
  description: 'Why a metric may have no value.',
  fields: (t) => ({
    code: t.exposeString('code', { description: 'As it stands in Metric.reason.' }),
    text: t.exposeString('text', { description: 'What it means, in one sentence.' }),
  }),
});

const MethodologyRef = builder.objectRef<WorkedExample>('Methodology');
MethodologyRef.implement({
  description: 'How every figure is defined, each worked out on the same five made-up trades by the engine that works out the real ones.',
  fields: (t) => ({
    version: t.string({ description: 'Version of the definitions; a change of one raises it.', resolve: () => METHOD_VERSION }),
    capitalBase: t.expose('capitalBase', { type: 'Decimal', description: 'The operator’s capital base, used in the example too.' }),
    figures: t.field({
      type: [FigureRef],
      extensions: cost({ rows: 50, perRow: 0 }),
      description: 'All figures, in the order in which they are best read.',
      resolve: figures,
    }),
    exampleTrades: t.field({
      type: [ExampleTradeRef],
      extensions: cost({ rows: 5, perRow: 0 }),
      description: 'The five trades, in the order of closure.',
      resolve: ({ trades }) => [...trades],
    }),
    undefinedReasons: t.field({
      type: [ReasonRef],
      extensions: cost({ rows: 5, perRow: 0 }),
      description: 'Why a metric may have no value, the weightiest first.',
      resolve: () => Object.entries(METRIC_REASONS).map(([code, text]) => ({ code, text })),
    }),
  }),
});

builder.queryField('methodology', (t) =>
  t.field({
    type: MethodologyRef,
    description: 'The definitions of all figures with a worked example.',
    resolve: (_root, _args, { settings }) => workedExample(settings.capitalBase),
  }),
);

function figures(example: WorkedExample): DocumentedFigure[] {
  return Object.entries({ ...METRIC_DOCS, ...OTHER_DOCS }).map(([field, doc]) => ({
    ...doc,
    field,
    working: workingOf(field as PerformanceField)?.(example) ?? null,
  }));
}

function workingOf(field: PerformanceField): ((example: WorkedExample) => string) | undefined {
  return (WORKINGS as Partial<Record<PerformanceField, (example: WorkedExample) => string>>)[field];
}
