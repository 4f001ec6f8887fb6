import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../testkit/manual-clock.ts';
import { cutWhenStalled } from './stalled-response.ts';

class Response extends EventEmitter {
  writableNeedDrain = false;
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
