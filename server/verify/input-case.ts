/** One thing that must be refused, or as a control one that must be taken. */
export interface InputCase {
  readonly name: string;
  readonly body: string;
  /** One of them must be named by the error; none: it must be taken. */
  readonly fields: readonly string[];
}

const CREATE = 'mutation ($input: CreateSignalInput!) { createSignal(input: $input) { signal { id } userErrors { field code message } } }';

/** A signal that is right, each value as the JSON that stands for it. Pending, so that no trade is opened and the market has no say. */
const RIGHT = {
  symbol: '"BTCUSDT"',
  marketType: '"FUTURES"',
  direction: '"LONG"',
  status: '"PENDING"',
  entryPrice: '"100"',
  takeProfit: '"110"',
  stopLoss: '"90"',
};

/** A signal that is right but for what `changes` say, as JSON. */
export function signalBody(changes: Readonly<Record<string, string>>): string {
  const input = Object.entries({ ...RIGHT, ...changes }).map(([name, json]) => `${JSON.stringify(name)}:${json}`);
  return `{"query":${JSON.stringify(CREATE)},"variables":{"input":{${input.join(',')}}}}`;
}

export function badSignal(field: string, json: string): InputCase {
  return { name: `${field} ${json}`, body: signalBody({ [field]: json }), fields: [field] };
}

/** `query` takes one variable, $it, which is sent by the argument's own name. */
export function badArgument(argument: string, template: string, json: string): InputCase {
  const query = template.replaceAll('$it', `$${argument}`);
  return {
    name: `${argument} ${json} in ${query}`,
    body: `{"query":${JSON.stringify(query)},"variables":{${JSON.stringify(argument)}:${json}}}`,
    fields: [argument],
  };
}

interface Answer {
  readonly data?: { readonly createSignal?: { signal: object | null; userErrors: UserError[] } & object } | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}
interface UserError {
  readonly field: readonly string[];
}

/** What is wrong with the answer; undefined: nothing. */
export function faultOf({ fields }: InputCase, status: number, text: string): string | undefined {
  if (status >= 500) return `status ${status}`;
  let answer: Answer;
  try {
    answer = JSON.parse(text) as Answer;
  } catch {
    return `no JSON: ${text.slice(0, 80)}`;
  }
  if (answer.errors?.some(({ extensions }) => extensions?.code === 'INTERNAL_SERVER_ERROR')) return 'a fault of the server';
  if (answer.errors?.some(({ extensions }) => extensions?.code === undefined)) return `an error without a code: ${text.slice(0, 200)}`;
  if (text.length > 8_000) return `an answer of ${text.length} characters`;
  const userErrors = Object.values(answer.data ?? {}).flatMap(
    (payload) => (payload as { userErrors?: UserError[] } | null)?.userErrors ?? [],
  );
  if (fields.length === 0) return answer.errors || userErrors.length > 0 ? `refused: ${text.slice(0, 200)}` : undefined;
  if (!answer.errors && userErrors.length === 0) return 'accepted';
  const named = [...userErrors.map(({ field }) => field.join('.')), ...(answer.errors ?? []).map(({ message }) => message)];
  return named.some((name) => fields.some((field) => name.includes(field)))
    ? undefined
    : `its field is not named: ${named.join(' | ').slice(0, 200)}`;
}
