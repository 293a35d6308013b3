import type { Played } from '../baseline/play.ts';
import type { CallFaultKind } from './fault-kinds.ts';

/** What a worker of the fault proof is asked to play. */
export type FaultJob =
  | { readonly kind: 'undisturbed'; readonly machine: string; readonly rehearsal: string }
  /** The state's function fails for good, before it does anything. */
  | { readonly kind: 'without'; readonly machine: string; readonly rehearsal: string; readonly state: string }
  | {
      readonly kind: 'fault';
      readonly machine: string;
      readonly rehearsal: string;
      readonly state: string;
      readonly fault: CallFaultKind;
      /** Outcome of the undisturbed rehearsal. */
      readonly wanted: string | undefined;
    };

/** How it went. */
export interface FaultAnswer {
  readonly played: Played;
  /** Whether a call met the fault. */
  readonly struck: boolean;
}
