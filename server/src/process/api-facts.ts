import { Kind, parse, print, printSchema } from 'graphql';
import type { InputObjectTypeDefinitionNode } from 'graphql';
import { API_ERRORS } from '../graphql/api-errors.ts';
import { schema } from '../graphql/schema.ts';
import { HOOK_FAULTS } from '../signals/hook-faults.ts';
import { REFUSALS } from '../signals/refusals.ts';
import { LIMITS, variableOf } from './limits.ts';
import type { Setting } from './setting.ts';

/** The limits that a caller of the API can run into. */
const PUBLIC_LIMITS: Readonly<Record<string, readonly string[]>> = {
  api: [
    'maxRequestBodyBytes',
    'maxTokens',
    'maxDepth',
    'maxIntrospectionDepth',
    'maxAliases',
    'maxDirectives',
    'maxFields',
    'maxFragments',
    'maxListLength',
    'executionTimeoutMs',
    'maxCost',
    'costCapacity',
    'costPerSecond',
    'refusedCost',
    'costPerThousandRead',
    'costPerThousandInIntervals',
    'heavyCost',
    'maxHeavyRequests',
  ],
  tokens: ['maxFailuresPerMinute'],
  hooks: ['maxBodyBytes', 'cost'],
  pages: ['defaultPageSize', 'maxPageSize'],
  signals: ['maxPriceAgeMs', 'maxClockAheadMs'],
  live: ['minIntervalMs', 'maxIntervalMs', 'maxSymbolsPerRequest'],
  events: ['mailboxCapacity'],
  exports: ['cost', 'maxConcurrent', 'maxPerAddress', 'maxDurationMs', 'stalledMs'],
  playground: ['costPerMegabyte'],
  sockets: [
    'maxMessageBytes',
    'initTimeoutMs',
    'pingIntervalMs',
    'maxSockets',
    'maxSocketsPerAddress',
    'maxSubscriptionsPerSocket',
    'maxMessagesPerMinute',
    'stalledStreamMs',
    'stalledMs',
    'behindMs',
  ],
  http: ['maxHeaderBytes', 'headersTimeoutMs', 'requestTimeoutMs', 'bodyTimeoutMs'],
};

/** What the page for developers says about the API and takes from the code, so that it cannot say anything else. */
export function apiFacts() {
  return {
    refusals: Object.entries(REFUSALS).map(([code, about]) => ({ code, about })),
    hookFaults: Object.entries(HOOK_FAULTS).map(([code, { status, about }]) => ({ code, status, about })),
    errors: Object.entries(API_ERRORS).map(([code, { status, about }]) => ({ code, status, about })),
    limits: Object.entries(PUBLIC_LIMITS).flatMap(([part, names]) => names.map((name) => limit(part, name))),
    signalFields: signalFields(),
  };
}

function limit(part: string, name: string) {
  const settings: Readonly<Record<string, Readonly<Record<string, Setting<number>>>>> = LIMITS;
  const setting = settings[part]?.[name];
  if (setting?.standard === undefined) throw new Error(`there is no limit ${part}.${name}`);
  return { variable: variableOf(part, name), about: setting.about, standard: setting.standard, isDuration: name.endsWith('Ms') };
}

/** The fields of CreateSignalInput, those that must be sent first. */
function signalFields() {
  const { definitions } = parse(printSchema(schema));
  const input = definitions.find((each) => each.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION && each.name.value === 'CreateSignalInput');
  const fields = (input as InputObjectTypeDefinitionNode).fields?.map(({ name, type, defaultValue, description }) => ({
    name: name.value,
    type: print(type).replace('!', ''),
    isRequired: type.kind === Kind.NON_NULL_TYPE && defaultValue === undefined,
    standard: defaultValue === undefined ? null : print(defaultValue),
    about: description?.value ?? '',
  }));
  return fields?.sort((a, b) => Number(b.isRequired) - Number(a.isRequired));
}
