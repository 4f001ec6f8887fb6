/** What a feed measures of the frames it gets. */
export class FeedMeter {
  /** Exchange time of the newest tick received live, ms since 1970 UTC; null before the first. */
  lastTickMs: number | null = null;
  /** Exchange event time to receipt of the newest event, ms; null before the first. */
  lagMs: number | null = null;
  refusedFrames = 0;

  tick(timeMs: number): void {
    this.lastTickMs = Math.max(this.lastTickMs ?? 0, timeMs);
  }

  event(eventTimeMs: number | null, nowMs: number): void {
    if (eventTimeMs !== null) this.lagMs = nowMs - eventTimeMs;
  }

  /** Counts a refused frame; true for every power of two, as a flood of bad frames must not become a flood of log lines. */
  refuse(): boolean {
    this.refusedFrames += 1;
    return (this.refusedFrames & (this.refusedFrames - 1)) === 0;
  }
}
