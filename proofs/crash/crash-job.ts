import type { CallSite } from '../baseline/call-sites.ts';
import type { Played } from '../baseline/play.ts';
import type { HardEnd } from './ending.ts';
import type { Kill } from './kill.ts';

/** What a worker of the crash proof is asked to play. */
export type CrashJob =
  | { readonly kind: 'undisturbed'; readonly machine: string; readonly rehearsal: string }
  /** The state's function fails for good, before it does anything. */
  | { readonly kind: 'without'; readonly machine: string; readonly rehearsal: string; readonly state: string }
  | {
      readonly kind: 'kill';
      readonly machine: string;
      readonly rehearsal: string;
      readonly wanted: string | undefined;
      readonly kill: Kill;
    }
  | {
      readonly kind: 'end';
      readonly machine: string;
      readonly rehearsal: string;
      readonly state: string;
      readonly how: HardEnd;
      /** Outcome of the undisturbed rehearsal's last run. */
      readonly wanted: string | undefined;
    }
  | { readonly kind: 'redrive'; readonly machine: string; readonly rehearsal: string };

/** How it went. */
export interface CrashAnswer {
  readonly played: Played;
  /** Call sites of the first execution; of an undisturbed rehearsal alone. */
  readonly sites: readonly CallSite[];
  /** Whether the disturbance took place. */
  readonly struck: boolean;
  /** What a redrive of the first execution did. */
  readonly redriven?: { readonly status: string; readonly error: string | undefined };
}
