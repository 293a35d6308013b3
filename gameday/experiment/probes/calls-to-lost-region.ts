import * as z from 'zod';
import { lostRegionCalls } from '../../journal/lost-region-calls.ts';
import { defineProbe } from '../step.ts';

/** No failover run called the Region it gave up before its promotion was verified. */
export const callsToLostRegion = defineProbe({
  kind: 'calls-to-lost-region',
  schema: z.strictObject({}),
  describe: () => 'no failover asks the lost Region anything before it has promoted',
  run: async ({ recorder }) => {
    const calls = lostRegionCalls(recorder.records());
    return {
      met: calls.length === 0,
      finding:
        calls.length === 0
          ? 'none did'
          : `${calls.length} calls, the first ${calls[0]?.service}:${calls[0]?.operation} to ${calls[0]?.region}`,
      evidence: calls.map(({ atMs, region, service, operation, caller }) => ({
        atMs,
        region,
        service,
        operation,
        caller,
      })),
    };
  },
});
