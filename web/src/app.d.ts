import type { Display } from '#lib/display/display.ts';

declare global {
  namespace App {
    interface Locals {
      display: Display;
    }
  }
}

export {};
