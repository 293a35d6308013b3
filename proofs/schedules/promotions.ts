import type { Testbed } from '../../testbed/testbed.ts';
import { executionOf } from './lineage.ts';

/** A promotion that Amazon MQ accepted. */
export interface AcceptedPromotion {
  readonly atMs: number;
  /** Region of the broker that is promoted. */
  readonly region: string;
  readonly mode: string;
  /** Actor that called. */
  readonly caller: string;
  /** The call's members, for comparison. */
  readonly request: string;
  /** The run that called; absent where somebody in the console did. */
  readonly executionArn: string | undefined;
}

/** Calls the listener at the instant of every promotion that takes effect, in an actor of its own. */
export const onPromotion = (testbed: Testbed, listener: (promotion: AcceptedPromotion) => Promise<void>): void => {
  const { aws, clock } = testbed;
  aws.onEvent((event) => {
    const { eventName, errorCode, userIdentity, requestParameters } = event.detail as {
      readonly eventName?: string;
      readonly errorCode?: string;
      readonly userIdentity?: { readonly arn: string };
      readonly requestParameters?: Readonly<Record<string, unknown>>;
    };
    if (eventName !== 'Promote' || errorCode !== undefined) return;
    const caller = userIdentity?.arn.split('assumed-role/')[1] ?? '';
    const promotion = {
      atMs: clock.nowMs(),
      region: event.region,
      mode: String(requestParameters?.mode ?? ''),
      caller,
      request: JSON.stringify(requestParameters),
      executionArn: executionOf(testbed, caller, event.region),
    };
    clock.spawn('auditor', () => listener(promotion));
  });
};
