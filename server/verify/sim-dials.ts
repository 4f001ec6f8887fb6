/**
 * What can go wrong in the simulation, each with the highest level it is turned to. A seed leaves about half of the dials at
 * zero and turns the others to some level, so that faults meet in all combinations (swarm testing: Groce et al., ISSTA 2012).
 */
export const DIAL_LIMITS = {
  /** Share of the prints that the stream swallows. */
  drop: 0.2,
  /** Share of the messages that come twice. */
  duplicate: 0.5,
  /** Share of the messages that come before an earlier one. */
  reorder: 0.5,
  /** Share of the events after which messages stay on their way. */
  delay: 0.8,
  /** Share of the events that send old messages again. */
  replay: 0.02,
  /** Share of the prints before which ids are left out that nobody knows. */
  idJump: 0.05,
  /** Share of the prints that REST gives as withdrawn. */
  blank: 0.03,
  /** Share of the events that are a corrupt frame, which may have been a trade. */
  corrupt: 0.02,
  /** Share of the events that end the connection. */
  disconnect: 0.02,
  /** Share of the events in which a lost connection is not yet made again. */
  slowReconnect: 0.95,
  /** Prints by which REST trails. */
  restLag: 12,
  /** Share of the REST requests that fail. */
  restError: 0.6,
  /** Share of the REST answers that are applied only after other things happened. */
  restSlow: 0.7,
  /** Share of the REST pages that hold a few rows only. */
  restShortPage: 0.8,
  /** Share of the events that are an orderly restart. */
  restart: 0.01,
  /** Share of the events that kill the worker. */
  crash: 0.01,
  /** Share of the closures at whose write the worker is killed. */
  crashAtWrite: 0.3,
  /** Share of the writes that wait. */
  slowWrite: 0.5,
  /** Share of the writes that fail. */
  failedWrite: 0.5,
  /** Share of the writes that take effect although their answer is lost. */
  lostAnswer: 0.3,
  /** Share of the signals whose trade is stored only after other things have happened, leaps of time among them. */
  slowAcceptance: 0.9,
  /** Share of the events in which opened trades are not yet told. */
  lateTelling: 0.99,
  /** Share of the trades that are opened without the id of a newest tick. */
  openedWithoutId: 0.8,
  /** By how many ms, back or forth, the host's clock, which dates entries, is off. */
  hostClockOff: 7_200_000,
  /** Share of the trades with a time stop. */
  expiry: 0.6,
  /** Share of the prints that jump over levels. */
  priceJump: 0.15,
  /** Share of the prints in the same ms as the one before. */
  ties: 0.9,
  /** Share of prices and levels that only exact digits tell from their neighbours. */
  equalDoubles: 0.7,
  /** Share of the events in which time leaps. */
  leap: 0.01,
  /** Share of the smallest buffers: of held and of recent ticks. */
  smallBuffers: 1,
} as const;

export type DialName = keyof typeof DIAL_LIMITS;
export type Dials = Record<DialName, number>;
export const DIAL_NAMES = Object.keys(DIAL_LIMITS) as DialName[];

export function turnDials(random: () => number): Dials {
  const dials = {} as Dials;
  for (const name of DIAL_NAMES) dials[name] = random() < 0.5 ? 0 : DIAL_LIMITS[name] * random();
  return dials;
}
