import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../testkit/manual-clock.ts';
import { cutWhenStalled } from './stalled-response.ts';

class Response extends EventEmitter {
  writableNeedDrain = false;
  writableEnded = false;
  writableFinished = false;
  destroyed = 0;

  destroy(): void {
    this.destroyed += 1;
    this.emit('close');
  }
}

function open() {
  const [response, clock] = [new Response(), new ManualClock()];
  cutWhenStalled(response, clock, 1_000);
  return { response, clock };
}

describe('a streamed answer', () => {
  test('whose reader takes everything, or that has nothing to say, is never cut', () => {
    const { response, clock } = open();
    clock.advance(1_000_000);
    expect(response.destroyed).toBe(0);
  });

  test('is cut once its reader has taken nothing for the whole time, and not before', () => {
    const { response, clock } = open();
    response.writableNeedDrain = true;
    clock.advance(999);
    expect(response.destroyed).toBe(0);
    clock.advance(501); // it is looked at four times in that time, so it may take a quarter more twice
    expect(response.destroyed).toBe(1);
    expect(clock.waiting).toBe(0);
    clock.advance(10_000);
    expect(response.destroyed).toBe(1);
  });

  test('of a reader that is slow but reads is not cut', () => {
    const { response, clock } = open();
    for (let each = 0; each < 20; each += 1) {
      response.writableNeedDrain = true;
      clock.advance(750);
      response.writableNeedDrain = false;
      clock.advance(250);
    }
    expect(response.destroyed).toBe(0);
  });

  test('of a reader that is always behind but takes what comes is not cut', () => {
    const { response, clock } = open();
    response.writableNeedDrain = true; // whenever it is looked at, for the next piece is written at once
    for (let each = 0; each < 20; each += 1) {
      clock.advance(750);
      response.emit('drain');
    }
    expect(response.destroyed).toBe(0);
    clock.advance(1_500);
    expect(response.destroyed).toBe(1);
  });

  test('is cut as well when only its end was not taken', () => {
    const { response, clock } = open();
    response.writableEnded = true;
    clock.advance(1_500);
    expect(response.destroyed).toBe(1);
  });

  test('that ends by itself is not looked at any more', () => {
    const { response, clock } = open();
    expect(clock.waiting).toBe(1);
    response.emit('close');
    expect(clock.waiting).toBe(0);
    response.writableNeedDrain = true;
    clock.advance(10_000);
    expect(response.destroyed).toBe(0);
  });
});
