import { createApi } from '../src/graphql/api.ts';
import type { ContextOf } from '../src/graphql/api.ts';
import { RequestBudget } from '../src/graphql/request-budget.ts';
import { Visitors } from '../src/graphql/visitors.ts';
import type { Clock } from '../src/kernel/clock.ts';
import type { NewId } from '../src/kernel/ids.ts';
import type { Log } from '../src/kernel/log.ts';
import { configFrom } from '../src/process/environment.ts';
import { systemClock } from '../src/process/system-clock.ts';
import { silentLog } from './silent-log.ts';

export interface TestApiOptions {
  readonly newId: NewId;
  readonly log?: Log;
  readonly clock?: Clock;
  readonly env?: Readonly<Record<string, string>>;
}

/** The API alone, without a server around it. */
export function testApi(contextOf: ContextOf, { newId, log = silentLog, clock = systemClock, env = {} }: TestApiOptions) {
  const { api, events } = configFrom(env).limits;
  const limits = { ...api, ...events };
  return createApi(contextOf, { limits, budget: new RequestBudget(limits, clock), visitors: new Visitors(0, 'secret'), clock, newId, log });
}
