// Joins the parts of the schema: each file registers its types and fields with the builder.
import './scalars.ts';
import './node.schema.ts';
import '../trades/trades.schema.ts';
import '../trades/incidents.schema.ts';
import '../candles/candles.schema.ts';
import '../signals/signals.schema.ts';
import '../ticks/ticks.schema.ts';
import '../record/record.schema.ts';
import '../performance/performance.schema.ts';
import '../performance/methodology.schema.ts';
import '../performance/charts.schema.ts';
import '../performance/benchmark.schema.ts';
import '../performance/breakdown.schema.ts';
import '../performance/funnel.schema.ts';
import '../performance/settings.schema.ts';
import './node-lookup.schema.ts';
import { builder } from './builder.ts';

export const schema = builder.toSchema();
