/** Wins or losses in a row, in the order of closure. */
export interface Streaks {
  readonly longestWinStreak: number;
  readonly longestLossStreak: number;
  /** The streak that the newest closure belongs to: above 0 wins, below 0 losses, 0 after a flat or without trades. */
  readonly currentStreak: number;
}

/** Runs of equal sign; a profit of 0 ends a streak and starts none. `pnl` in the order of closure, in any unit. */
export function streaksOf(pnl: readonly bigint[]): Streaks {
  let longestWinStreak = 0;
  let longestLossStreak = 0;
  let currentStreak = 0;
  for (const amount of pnl) {
    if (amount > 0n) currentStreak = Math.max(currentStreak, 0) + 1;
    else if (amount < 0n) currentStreak = Math.min(currentStreak, 0) - 1;
    else currentStreak = 0;
    longestWinStreak = Math.max(longestWinStreak, currentStreak);
    longestLossStreak = Math.max(longestLossStreak, -currentStreak);
  }
  return { longestWinStreak, longestLossStreak, currentStreak };
}
