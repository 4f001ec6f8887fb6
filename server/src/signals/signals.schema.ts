import { builder } from '../graphql/builder.ts';
import { cost } from '../graphql/cost.ts';
import { DirectionEnum, MarketTypeEnum, SignalStatusEnum } from '../trades/enums.schema.ts';
import { tradeOf } from '../trades/rows.ts';
import type { SignalRow } from '../trades/rows.ts';
import { SignalRef, TradeRef, BotRef } from '../trades/trades.schema.ts';
import type { AcceptSignal, Trial } from './accept-signal.ts';
import type { ChangeSignal } from './change-signal.ts';
import { refuse, REFUSALS, refuseWithout } from './refusals.ts';
import type { Refusal } from './refusals.ts';
import type { Scope, Sender } from './scopes.ts';
import { isUuid } from '../kernel/ids.ts';

declare module '../graphql/builder.ts' {
  interface Context {
    /** The bot whose token came with the request, or null. Throws TOO_MANY_WRONG_TOKENS. */
    readonly authenticate: () => Promise<Sender | null>;
    readonly acceptSignal: AcceptSignal;
    readonly changeSignal: ChangeSignal;
    readonly loadSignal: (id: string) => Promise<SignalRow | null>;
  }
}

/** A signal has hardly more places that can be wrong. */
const MAX_FAULTS = 20;

const UserErrorRef = builder.objectRef<Refusal>('UserError');
UserErrorRef.implement({
  description: 'Why a mutation was refused, at one place of its input.',
  fields: (t) => ({
    field: t.stringList({
      extensions: cost({ rows: 1, perRow: 0 }),
      description: 'Path in the input, for example ["takeProfit"]; empty when the whole input is meant.',
      resolve: ({ field }) => [...field],
    }),
    code: t.exposeString('code', {
      description: `Stable and machine-readable, for example TAKE_PROFIT_ON_WRONG_SIDE. One of: ${Object.keys(REFUSALS).join(', ')}.`,
    }),
    message: t.exposeString('message', { description: 'What is wrong, for people.' }),
  }),
});

interface SignalPayload {
  readonly signal: SignalRow | null;
  readonly userErrors: readonly Refusal[];
}
const tradeOfPayload = ({ signal }: SignalPayload) => signal && tradeOf(signal);

const SignalTrialRef = builder.objectRef<NonNullable<Trial['would']>>('SignalTrial').implement({
  description: 'What a signal that was tried out with dryRun would create, by the prices and settings of this moment.',
  fields: (t) => ({
    entryPrice: t.field({
      type: 'Decimal',
      description: 'The price the trade would open at, in the quote asset: the signal’s own, or else the newest market price.',
      resolve: ({ signal }) => signal.entryPrice,
    }),
    opensTrade: t.boolean({
      description: 'Whether a paper trade would open at once; false for a pending signal and for one that is left out.',
      resolve: ({ trade }) => trade !== null,
    }),
    quantity: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Units of the base asset that trade would hold: positionSize / entryPrice. Null when none would open.',
      resolve: ({ trade }) => trade?.quantity ?? null,
    }),
    leftOutReason: t.string({
      nullable: true,
      description: 'Why an active signal would get no trade, as in Signal.leftOutReason; null when it would get one or is pending.',
      resolve: ({ signal }) => signal.leftOutReason,
    }),
  }),
});

interface CreateSignalPayload extends SignalPayload {
  readonly duplicate: boolean;
  readonly dryRun: boolean;
  readonly would: Trial['would'];
}

const CreateSignalPayloadRef = builder.objectRef<CreateSignalPayload>('CreateSignalPayload');
CreateSignalPayloadRef.implement({
  description: 'The accepted signal and its trade, or why it was refused.',
  fields: (t) => ({
    signal: t.field({
      type: SignalRef,
      nullable: true,
      description: 'The accepted signal; null when refused and on a dry run.',
      resolve: ({ signal }) => signal,
    }),
    trade: t.field({
      type: TradeRef,
      nullable: true,
      description: 'Its paper trade; null when refused, pending or left out, and on a dry run.',
      resolve: tradeOfPayload,
    }),
    duplicate: t.exposeBoolean('duplicate', { description: 'True when this externalId was received before and nothing new was created.' }),
    dryRun: t.exposeBoolean('dryRun', {
      description: 'True when the signal was only tried out, as the argument dryRun asked: nothing was stored.',
    }),
    wouldCreate: t.field({
      type: SignalTrialRef,
      nullable: true,
      description:
        'On a dry run: what the same request without dryRun would create now. Null when it is refused or a duplicate, and without dryRun.',
      resolve: ({ would }) => would,
    }),
    userErrors: t.field({
      type: [UserErrorRef],
      extensions: cost({ rows: MAX_FAULTS, perRow: 0 }),
      description: 'Everything that is wrong with the input; empty when accepted.',
      resolve: ({ userErrors }) => [...userErrors],
    }),
  }),
});

const SignalPayloadRef = builder.objectRef<SignalPayload>('SignalPayload');
SignalPayloadRef.implement({
  description: 'The changed signal and its trade, or why the change was refused.',
  fields: (t) => ({
    signal: t.field({
      type: SignalRef,
      nullable: true,
      description: 'The signal as it is now; null when refused.',
      resolve: ({ signal }) => signal,
    }),
    trade: t.field({ type: TradeRef, nullable: true, description: 'Its paper trade, where it has one.', resolve: tradeOfPayload }),
    userErrors: t.field({
      type: [UserErrorRef],
      extensions: cost({ rows: MAX_FAULTS, perRow: 0 }),
      description: 'Why the change was refused; empty when it was done.',
      resolve: ({ userErrors }) => [...userErrors],
    }),
  }),
});

const CreateSignalInputRef = builder.inputType('CreateSignalInput', {
  description: 'A trading signal.',
  fields: (t) => ({
    externalId: t.string({
      description:
        'The bot’s own key, at most 128 characters: sending the same key and content again answers with the first signal and creates nothing.',
    }),
    symbol: t.string({ required: true, description: 'A symbol that the exchange trades in this market, e.g. BTCUSDT.' }),
    marketType: t.field({ type: MarketTypeEnum, required: true, defaultValue: 'FUTURES', description: 'The market whose prices decide.' }),
    direction: t.field({ type: DirectionEnum, required: true, description: 'LONG or SHORT.' }),
    entryPrice: t.field({ type: 'Decimal', description: 'Above 0; without one, the newest market price at receipt.' }),
    takeProfit: t.field({ type: 'Decimal', required: true, description: 'Above the entry price for LONG, below it for SHORT.' }),
    stopLoss: t.field({ type: 'Decimal', required: true, description: 'Below the entry price for LONG, above it for SHORT.' }),
    confidence: t.float({ defaultValue: 0.5, description: 'The bot’s own confidence, 0 to 1.' }),
    timeframe: t.string({ defaultValue: '1h', description: 'One of 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M.' }),
    strategy: t.string({
      defaultValue: 'default',
      description: 'Groups trades for comparison; one line of at most 64 visible characters, kept in Unicode’s form NFC.',
    }),
    status: t.field({
      type: SignalStatusEnum,
      defaultValue: 'ACTIVE',
      description: 'ACTIVE opens the trade now, PENDING waits for activateSignal.',
    }),
    sentAt: t.field({
      type: 'DateTime',
      description: 'The bot’s own clock at sending; kept as a claim. At most 5 s ahead of the server’s clock, else SENT_AT_IN_THE_FUTURE.',
    }),
    expiresAt: t.field({ type: 'DateTime', description: 'Time stop: the trade closes at the next tick at or after it.' }),
    note: t.string({ description: 'A remark of at most 500 visible characters and line breaks, shown as plain text.' }),
  }),
});

builder.mutationFields((t) => ({
  createSignal: t.field({
    type: CreateSignalPayloadRef,
    extensions: cost({ points: 10 }),
    description:
      'Records a signal and, when it is active, opens its paper trade in the same transaction. Needs a bot’s token with the scope signals:create: "Authorization: Bearer …".',
    args: {
      input: t.arg({ type: CreateSignalInputRef, required: true, description: 'The signal.' }),
      dryRun: t.arg.boolean({
        required: true,
        defaultValue: false,
        description:
          'True: checks everything (token, content, symbol, market price, externalId) and stores nothing; signal and trade of the answer are null, wouldCreate says what would be made.',
      }),
    },
    resolve: async (_, { input, dryRun }, { authenticate, acceptSignal }) => {
      const nothing = { signal: null, duplicate: false, dryRun, would: null };
      const { sender, userErrors } = await senderWith('signals:create', authenticate);
      if (!sender) return { ...nothing, userErrors };
      if (dryRun) {
        const { refusals, ...trial } = await acceptSignal.tryOut(sender.id, input);
        return { ...nothing, ...trial, userErrors: refusals };
      }
      const { signal, duplicate, refusals } = await acceptSignal.accept(sender.id, input);
      return { ...nothing, signal, duplicate, userErrors: refusals };
    },
  }),
  activateSignal: t.field({
    type: SignalPayloadRef,
    extensions: cost({ points: 10 }),
    description:
      'Activates a pending signal of this bot: its paper trade opens now, at the signal’s entry price. Needs the scope signals:change.',
    args: { id: t.arg.id({ required: true, description: 'The signal’s id.' }) },
    resolve: (_, { id }, context) => change(id, context, (botId) => context.changeSignal.activate(botId, id)),
  }),
  cancelSignal: t.field({
    type: SignalPayloadRef,
    extensions: cost({ points: 10 }),
    description:
      'Cancels a pending signal of this bot. An active one cannot be cancelled: its trade is part of the record. Needs the scope signals:change.',
    args: { id: t.arg.id({ required: true, description: 'The signal’s id.' }) },
    resolve: (_, { id }, context) => change(id, context, (botId) => context.changeSignal.cancel(botId, id)),
  }),
}));

async function change(
  id: string,
  { authenticate, loadSignal }: typeof builder.$inferSchemaTypes.Context,
  run: (botId: string) => Promise<readonly Refusal[]>,
): Promise<SignalPayload> {
  const { sender, userErrors: denied } = await senderWith('signals:change', authenticate);
  const userErrors = sender ? await run(sender.id) : denied;
  return { signal: userErrors.length === 0 ? await loadSignal(id) : null, userErrors };
}

/** Who sends this, if that is a bot whose token may do what needs `scope`; else why not. */
async function senderWith(
  scope: Scope,
  authenticate: () => Promise<Sender | null>,
): Promise<{ sender: Sender | null; userErrors: readonly Refusal[] }> {
  const sender = await authenticate();
  const userErrors = sender ? refuseWithout(scope, sender) : [refuse([], 'UNAUTHENTICATED')];
  return { sender: userErrors.length === 0 ? sender : null, userErrors };
}

builder.queryFields((t) => ({
  bots: t.prismaField({
    type: [BotRef],
    extensions: cost({ points: 5, rows: 100 }),
    description: 'All bots, in the order in which they were authorised.',
    resolve: (query, _, __, { prisma }) => prisma.bot.findMany({ ...query, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] }),
  }),
  bot: t.prismaField({
    type: BotRef,
    nullable: true,
    description: 'One bot by its slug; null where there is none.',
    args: { slug: t.arg.string({ required: true, description: 'Its name in addresses and filters.' }) },
    // PostgreSQL refuses a text with NUL even where it is only compared.
    resolve: (query, _, { slug }, { prisma }) => (slug.includes('\0') ? null : prisma.bot.findUnique({ ...query, where: { slug } })),
  }),
  signal: t.field({
    type: SignalRef,
    nullable: true,
    description: 'One signal by its id; null where there is none.',
    args: { id: t.arg.id({ required: true, description: 'The signal’s id.' }) },
    resolve: (_, { id }, { loadSignal }) => (isUuid(id) ? loadSignal(id) : null),
  }),
}));
