import { clockAllowanceMs } from '../control/heartbeat.ts';
import type { Intent } from '../control/intent.ts';

/**
 * Who asked for a promotion that was seen from outside: `ours` a run of this project did · `outside` none did ·
 * `unattributable` a newer promotion of ours has replaced the record that could tell, or the clock that it was written by
 * is off.
 */
export type Attribution = 'ours' | 'outside' | 'unattributable';

/**
 * A run records its intent right before the call and in the same function, which lives 20 s; event times are whole
 * seconds and clocks may differ by 10 s (`clockAllowanceMs`).
 */
const callWindowMs = 40_000;

/**
 * Compares a Promote call with the newest intent for one. The event may come minutes after the call, so the intent
 * need not be open any more. The call's time is the service's, the intent's that of the Region where both were made.
 *
 * @param clock what is wrong with that Region's clock
 */
export const attributePromotion = (
  call: { readonly brokerId: string; readonly calledAtMs: number },
  intent: Intent | undefined,
  clock: string | undefined,
): Attribution => {
  if (intent === undefined) return 'outside';
  if (clock !== undefined && intent.subject === call.brokerId) return 'unattributable';
  const laterMs = call.calledAtMs - intent.openedAtMs;
  if (intent.subject === call.brokerId && laterMs >= -clockAllowanceMs && laterMs <= callWindowMs) return 'ours';
  // Intents follow on each other in one record: before the first of them there was none of ours.
  return laterMs < -clockAllowanceMs && intent.sequence > 1 ? 'unattributable' : 'outside';
};
