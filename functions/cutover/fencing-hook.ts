import type { Finding } from '../runtime/finding.ts';

/** Says that nothing keeps the clients of a Region away from a broker that is not the primary any more. */
export const fencingNotConfigured = (pair: string, region: string, brokerId: string): Finding => ({
  code: 'FENCING_NOT_CONFIGURED',
  message:
    `no function is configured that keeps clients of ${region} away from ${brokerId}, the old primary of ${pair}; ` +
    'keep them away by hand, or name one in cutover.fencingFunctionArn',
  evidence: { region, brokerId },
});
