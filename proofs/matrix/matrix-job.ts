import type { CallSite } from '../baseline/call-sites.ts';
import type { Played } from '../baseline/play.ts';
import type { HardEnd } from '../crash/ending.ts';
import type { Kill } from '../crash/kill.ts';
import type { CallFaultKind } from '../faults/fault-kinds.ts';

/** What is done to the first execution of a baseline. */
export type Strike =
  | ({ readonly kind: 'kill' } & Kill)
  /** The execution ends from outside in the middle of a state's call. */
  | { readonly kind: 'end'; readonly state: string; readonly how: HardEnd }
  | { readonly kind: 'redrive' }
  | { readonly kind: 'fault'; readonly state: string; readonly fault: CallFaultKind };

/** What a worker plays. */
export type MatrixJob = { readonly machine: string; readonly baseline: string } & (
  | { readonly kind: 'undisturbed' }
  /** The state's function fails permanently, before it does anything. */
  | { readonly kind: 'without'; readonly state: string }
  | {
      readonly kind: 'disturbed';
      readonly strike: Strike;
      /** Outcome of the undisturbed baseline's last run. */
      readonly wanted: string | undefined;
    }
);

/** How it went. */
export interface MatrixAnswer {
  readonly played: Played;
  /** Call sites of the first execution; of an undisturbed baseline alone. */
  readonly sites: readonly CallSite[];
  /** Whether the disturbance took place. */
  readonly struck: boolean;
  /** What a redrive of the first execution did. */
  readonly redriven?: { readonly status: string; readonly error: string | undefined } | undefined;
}
