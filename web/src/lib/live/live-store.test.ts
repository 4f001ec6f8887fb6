import { describe, expect, test } from 'vitest';
import { LiveStore } from './live-store.svelte.ts';
import { closedTrade, closure, opening, openTrade, performance, snapshot, T0 } from './samples.ts';

const price = (id: string, currentPrice: string, unrealizedPnl: string, currentPriceTime = '2026-11-22T12:00:01.000Z') => ({
  id,
  currentPrice,
  currentPriceTime,
  symbolStatus: 'TRADING',
  unrealizedPnl,
  unrealizedPnlPct: Number(unrealizedPnl),
});

describe('totals', () => {
  test('are the server’s realised total and the sum of the open positions', () => {
    const store = new LiveStore(snapshot());
    expect(store.unrealised).toBe('1');
    expect(store.total).toBe('21');
  });

  test('are unknown and not zero while the server’s total is missing', () => {
    const store = new LiveStore(snapshot({ performance: { ok: false, code: 'INTERNAL_ERROR' } }));
    expect(store.total).toBeNull();
    expect(store.closedCount).toBeNull();
  });

  test('count a closure once when it comes before the server’s total', () => {
    const store = new LiveStore(snapshot());
    store.receiveEvent(closure('a', '101', '2'));
    expect(store.total).toBe('21.5');
    expect(store.closedCount).toBe(11);
    store.receivePerformance(performance(11, '22'));
    expect(store.unrealised).toBe('-0.5');
    expect(store.total).toBe('21.5');
    expect(store.closedCount).toBe(11);
  });

  test('count a closure once when it comes after the server’s total', () => {
    const store = new LiveStore(snapshot());
    store.receivePerformance(performance(11, '22'));
    expect(store.total).toBe('21');
    store.receiveEvent(closure('a', '101', '2'));
    expect(store.total).toBe('21.5');
    expect(store.closedCount).toBe(11);
  });

  test('go on without a closure that never comes, and are right when it comes late after all', () => {
    const store = new LiveStore(snapshot());
    store.receivePerformance(performance(11, '22'));
    store.receivePerformance(performance(11, '22'));
    expect(store.performance?.closedTrades).toBe(11);
    store.receiveEvent(closure('a', '101', '2'));
    expect(store.total).toBe('21.5');
    expect(store.closedCount).toBe(11);
  });

  test('do not count again a closure that they hold and that is told once more, whatever its exit time, also while no price moves', () => {
    const store = new LiveStore(snapshot({ performance: { ok: true, data: performance(11, '22', { sequence: '134' }) } }));
    const before = store.total;
    // Found late, by a repair: the newest by its place in the record, but not among the newest by its exit time.
    store.receiveEvent(closure('late', '134', '89.7'));
    expect(store.total).toBe(before);
    expect(store.closedCount).toBe(11);
  });

  test('heal when closures and totals have drifted apart', () => {
    const store = new LiveStore(snapshot());
    store.receiveEvent(closure('a', '101', '2'));
    for (let i = 0; i < 3; i++) store.receivePerformance(performance(10, '20', { sequence: '101' }));
    expect(store.total).toBe('19.5');
    expect(store.closedCount).toBe(10);
  });
});

describe('closures', () => {
  test('are applied once, by sequence', () => {
    const store = new LiveStore(snapshot());
    expect(store.receiveEvent(closure('a', '101', '2'))).toBe(true);
    expect(store.receiveEvent(closure('a', '101', '2'))).toBe(false);
    expect(store.receiveEvent(closure('b', '101', '2'))).toBe(false);
    expect(store.closedCount).toBe(11);
    expect(store.lastClosed).toBe('101');
  });

  test('change every count at once: as many won, lost and even as are closed, and what is open is as large as it is many', () => {
    const store = new LiveStore(snapshot());
    const agree = () => [store.outcomes.reduce((all, each) => all + each, 0) - store.closedCount!, store.invested, store.openRows.length];
    expect(agree()).toEqual([0, '200', 2]);
    store.receiveEvent(closure('a', '101', '2'));
    expect(agree()).toEqual([0, '100', 1]);
    store.receiveEvent(closure('b', '102', '-2'));
    expect(agree()).toEqual([0, '0', 0]);
    store.receivePerformance(performance(12, '20', { sequence: '102' }));
    expect(agree()).toEqual([0, '0', 0]);
    store.receiveEvent({ kind: 'opened', sequence: '103', trade: openTrade('c', '0') });
    expect(agree()).toEqual([0, '100', 1]);
  });

  test('compare sequences as numbers of any length', () => {
    const store = new LiveStore(snapshot());
    expect(store.receiveEvent(closure('a', '9007199254740993', '2'))).toBe(true);
    expect(store.receiveEvent(closure('b', '9007199254740992', '2'))).toBe(false);
    expect(store.receiveEvent(closure('b', '10000000000000000', '2'))).toBe(true);
  });

  test('resume from the newest closure of the snapshot, or from its place in the record where that is far behind', () => {
    const failed = { ok: false, code: 'UNREACHABLE' } as const;
    const at = (sequence: string) => ({ ok: true, data: performance(10, '20', { sequence }) }) as const;
    expect(new LiveStore(snapshot({ performance: at('140') })).lastClosed).toBe('100');
    expect(new LiveStore(snapshot({ performance: at('5000') })).lastClosed).toBe('5000');
    expect(new LiveStore(snapshot({ latest: failed })).lastClosed).toBe('100');
    expect(new LiveStore(snapshot({ performance: failed })).lastClosed).toBe('100');
    expect(new LiveStore(snapshot({ performance: failed, latest: { ok: true, data: [] } })).lastClosed).toBe('0');
    expect(new LiveStore(snapshot({ performance: failed, latest: failed })).lastClosed).toBeNull();
  });

  test('that the list of a snapshot misses, as it was read just before its totals, are shown and not counted again', () => {
    const store = new LiveStore(snapshot({ performance: { ok: true, data: performance(11, '22', { sequence: '101' }) } }));
    expect(store.receiveEvent(closure('a', '101', '2'))).toBe(true);
    expect(store.closedLive.map(({ id }) => id)).toEqual(['a']);
    expect(store.closedCount).toBe(11);
  });

  test('behind the place of the snapshot’s totals come again as news, and count once', () => {
    const early = closedTrade('a', '101', '2');
    const store = new LiveStore(snapshot({ latest: { ok: true, data: [early] } }));
    expect(store.latest).toEqual([]);
    expect(store.receiveEvent(closure('a', '101', '2'))).toBe(true);
    expect(store.closedCount).toBe(11);
    expect(store.total).toBe('21.5');
  });

  test('told before a snapshot that does not hold them stay counted', () => {
    const store = new LiveStore(snapshot());
    store.receiveEvent(closure('a', '101', '2'));
    store.takeSnapshot(snapshot());
    expect(store.closedCount).toBe(11);
    store.takeSnapshot(snapshot({ performance: { ok: true, data: performance(11, '22') } }));
    expect(store.closedCount).toBe(11);
    expect(store.total).toBe('21.5');
  });

  test('show their result in the row and then move to the latest closed', () => {
    const store = new LiveStore(snapshot());
    store.receiveEvent(closure('a', '101', '2'));
    expect(store.rows.map((row) => row.result?.realizedPnl)).toEqual([undefined, '2']);
    expect(store.openRows).toHaveLength(1);
    expect(store.latest.map((trade) => trade.id)).toEqual(['z']);
    store.moveToLatest('a');
    expect(store.rows.map((row) => row.trade.id)).toEqual(['b']);
    expect(store.latest.map((trade) => trade.id)).toEqual(['a', 'z']);
  });

  test('are not taken back by a late price list or a late snapshot', () => {
    const store = new LiveStore(snapshot());
    store.receiveEvent(closure('a', '101', '2'));
    store.moveToLatest('a');
    store.receivePrices({ asOf: T0, positions: [price('a', '1', '9'), price('b', '2', '-0.5')] });
    store.commit();
    store.takeSnapshot(snapshot());
    expect(store.rows.map((row) => row.trade.id)).toEqual(['b']);
  });

  test('keep the latest eight, newest first', () => {
    const trades = Array.from({ length: 8 }, (_, i) => closedTrade(`old${i}`, String(90 + i), '1', `2026-11-22T10:0${i}:00.000Z`));
    const store = new LiveStore(snapshot({ latest: { ok: true, data: trades } }));
    store.receiveEvent(closure('a', '101', '2'));
    store.moveToLatest('a');
    expect(store.latest.map((trade) => trade.id)).toEqual(['a', 'old7', 'old6', 'old5', 'old4', 'old3', 'old2', 'old1']);
  });

  test('add a point to the curve with the server’s figures', () => {
    const store = new LiveStore(snapshot());
    store.receiveEvent(closure('a', '101', '2'));
    expect(store.curveTail).toEqual([]);
    store.receivePerformance(performance(11, '22', { currentDrawdown: '0.5' }));
    expect(store.curveTail).toEqual([{ time: '2026-11-22T12:00:10.000Z', totalPnl: '22', drawdown: '0.5', closedTrades: 11 }]);
  });
});

describe('prices', () => {
  test('show at the commit, the newest list only', () => {
    const store = new LiveStore(snapshot());
    store.receivePrices({ asOf: T0, positions: [price('a', '42501', '2'), price('b', '42500.5', '-0.5')] });
    store.receivePrices({ asOf: T0, positions: [price('a', '42499', '3'), price('b', '42500.5', '-0.5')] });
    expect(store.unrealised).toBe('1');
    store.commit();
    expect(store.unrealised).toBe('2.5');
    expect(store.rows.map((row) => [row.trade.id, row.moved])).toEqual([
      ['b', null],
      ['a', 'down'],
    ]);
  });

  test('are shown as moved until that was seen, and again when they move again meanwhile', () => {
    const store = new LiveStore(snapshot());
    const move = (to: string): void => {
      store.receivePrices({ asOf: T0, positions: [price('a', to, '2'), price('b', '42500.5', '-0.5')] });
      store.commit();
    };
    const moved = () => store.rows.find(({ trade }) => trade.id === 'a')?.moved;
    move('42499');
    const first = store.commits;
    move('42502');
    store.calm(first);
    expect(moved()).toBe('up');
    const before = store.rows;
    store.calm(first);
    expect(store.rows).toBe(before);
    store.calm(store.commits);
    expect(moved()).toBe(null);
  });

  test('leave rows alone that did not move', () => {
    const store = new LiveStore(snapshot());
    const before = store.rows[0];
    store.receivePrices({
      asOf: T0,
      positions: [price('a', '42501', '2'), price('b', '42500.5', '-0.5', before?.trade.currentPriceTime ?? '')],
    });
    store.commit();
    expect(store.rows[0]).toBe(before);
  });

  test('ask for a snapshot when they disagree with the rows for about two seconds', () => {
    const store = new LiveStore(snapshot());
    const answers = Array.from({ length: 4 }, () => {
      store.receivePrices({
        asOf: T0,
        positions: [price('a', '1', '1'), price('b', '1', '1'), price('stranger', '1', '1')],
      });
      return store.commit();
    });
    expect(answers).toEqual([true, true, true, false]);
  });

  test('count by the newest tick of a feed that misses nothing', () => {
    const store = new LiveStore(snapshot());
    expect(store.pricesFrom).toBe(Date.parse('2026-11-22T12:00:00.000Z'));
    store.receiveFeeds([{ marketType: 'FUTURES', state: 'LIVE', simulated: false, lastTickAt: '2026-11-22T12:00:03.000Z' }]);
    expect(store.pricesFrom).toBe(Date.parse('2026-11-22T12:00:03.000Z'));
  });

  test('of the feeds tell how new the newest is where nothing is open', () => {
    const store = new LiveStore(snapshot({ open: { ok: true, data: { positions: [] } } }));
    store.receiveFeeds([{ marketType: 'FUTURES', state: 'LIVE', simulated: false, lastTickAt: '2026-11-22T12:00:03.000Z' }]);
    expect(store.pricesFrom).toBe(Date.parse('2026-11-22T12:00:03.000Z'));
  });

  test('come with the news that a symbol is halted, though none has moved', () => {
    const store = new LiveStore(snapshot());
    const [a, b] = store.rows.map(({ trade }) => ({ ...trade }));
    store.receivePrices({ asOf: '2026-11-22T12:00:09.000Z', positions: [a!, { ...b!, symbolStatus: 'HALT' }] });
    store.commit();
    expect(store.rows.map(({ trade }) => trade.symbolStatus)).toEqual(['TRADING', 'HALT']);
    expect(store.asOf).toBe(Date.parse('2026-11-22T12:00:09.000Z'));
  });
});

describe('openings', () => {
  test('stand in front, once', () => {
    const store = new LiveStore(snapshot());
    expect(store.receiveEvent(opening('c', '102'))).toBe(true);
    expect(store.receiveEvent(opening('c', '102'))).toBe(false);
    expect(store.receiveEvent(opening('a', '103'))).toBe(false);
    expect(store.rows.map((row) => [row.trade.id, row.isNew])).toEqual([
      ['c', true],
      ['b', false],
      ['a', false],
    ]);
  });

  test('of a trade that has closed already change nothing', () => {
    const store = new LiveStore(snapshot());
    store.receiveEvent(closure('c', '105', '1'));
    expect(store.receiveEvent(opening('c', '104'))).toBe(false);
    expect(store.rows.map((row) => row.trade.id)).toEqual(['b', 'a']);
  });
});

describe('pause', () => {
  test('holds everything back and counts it; resume applies it', () => {
    const store = new LiveStore(snapshot());
    store.pause();
    store.receivePrices({ asOf: T0, positions: [price('a', '42600', '5'), price('b', '42500.5', '-0.5')] });
    store.commit();
    store.receiveEvent(closure('a', '101', '2'));
    store.receiveEvent(opening('c', '102', '0.25'));
    store.receivePerformance(performance(11, '22'));
    expect([store.waiting, store.total, store.closedCount, store.rows.length]).toEqual([4, '21', 10, 2]);

    const { applied, overflow } = store.resume();
    expect(applied.map((event) => event.trade.id)).toEqual(['a', 'c']);
    expect(overflow).toBe(false);
    store.commit();
    expect([store.waiting, store.total, store.closedCount]).toEqual([0, '21.75', 11]);
    expect(store.openRows.map((row) => row.trade.id)).toEqual(['c', 'b']);
  });

  test('says when more happened than could wait', () => {
    const store = new LiveStore(snapshot());
    store.pause();
    for (let i = 0; i < 501; i++) store.receiveEvent(closure(`t${i}`, String(200 + i), '1'));
    expect(store.resume().overflow).toBe(true);
  });
});

describe('snapshots', () => {
  test('replace what is known, so that trades closed while away are gone from the rows', () => {
    const store = new LiveStore(snapshot());
    store.takeSnapshot(
      snapshot({
        open: { ok: true, data: { positions: [openTrade('b', '0.25')] } },
        performance: { ok: true, data: performance(11, '22') },
        latest: { ok: true, data: [closedTrade('a', '101', '2'), closedTrade('z', '100', '2')] },
      }),
    );
    expect(store.rows.map((row) => row.trade.id)).toEqual(['b']);
    expect([store.total, store.closedCount, store.lastClosed]).toEqual(['22.25', 11, '101']);
    expect(store.receiveEvent(closure('a', '101', '2'))).toBe(false);
  });

  test('leave alone what could not be loaded', () => {
    const store = new LiveStore(snapshot());
    const failed = { ok: false, code: 'UNREACHABLE' } as const;
    store.takeSnapshot({ performance: failed, feeds: failed, open: failed, latest: failed });
    expect([store.total, store.rows.length, store.lastClosed]).toEqual(['21', 2, '100']);
  });
});

describe('a snapshot', () => {
  test('older than what is shown changes nothing', () => {
    const store = new LiveStore(snapshot({ performance: { ok: true, data: performance(12, '24') } }));
    store.takeSnapshot(snapshot());
    expect(store.closedCount).toBe(12);
  });

  test('of other trades leaves nothing of those before, also when it failed', () => {
    const store = new LiveStore(snapshot());
    store.receiveEvent(closure('a', '101', '2'));
    store.replace(snapshot({ open: { ok: true, data: { positions: [] } }, latest: { ok: true, data: [] } }));
    expect([store.rows, store.latest, store.closedLive]).toEqual([[], [], []]);
    expect(store.total).toBe('20');
    const failed = { ok: false, code: 'UNREACHABLE' } as const;
    store.replace({ performance: failed, feeds: failed, open: failed, latest: failed });
    expect([store.total, store.closedCount]).toEqual([null, null]);
  });
});

test('open P/L adds up to the server’s own sum, to the last digit', () => {
  const store = new LiveStore(snapshot());
  const positions = [price('a', '1', '0.10000001'), price('b', '1', '-0.30000003')];
  store.receivePrices({ asOf: T0, positions });
  store.commit();
  // As the server answers it for these two: totalUnrealizedPnl.
  expect(store.unrealised).toBe('-0.20000002');
});
