import { expect } from 'vitest';
import { runInput } from './reconcile-runs.ts';
import { east, ReconcileStage, west } from './reconcile-stage.ts';
import type { WorkflowStage } from './workflow-stage.ts';

/** How long the way back needs until its gauges show that replication runs. */
export const reverseMs = 600_000;

/** Promotions that were asked for, in order, as `FAILOVER us-west-2`. */
export const promotionsOf = ({ calls }: WorkflowStage): readonly string[] =>
  calls
    .filter(({ operation }) => operation === 'Promote')
    .map(({ region, request }) => `${/SWITCHOVER|FAILOVER/.exec(JSON.stringify(request))?.[0]} ${region}`);

/** A stage, and what fails its pair over to the west: the Region is back then, and the way back healthy. */
export const failedOver = async (
  options: NonNullable<Parameters<typeof ReconcileStage.create>[1]> = {},
): Promise<{
  readonly ledger: ReconcileStage;
  readonly stage: WorkflowStage;
  readonly failOver: () => Promise<void>;
}> => {
  const ledger = await ReconcileStage.create({ afterPromotion: 'auto' }, options);
  const { stage } = ledger;
  const failOver = async (): Promise<void> => {
    await stage.stage.clock.sleepMs(300_000);
    stage.stage.aws.blackout(east);
    const end = await stage.run('failover', west, runInput({ acceptDataLoss: true }));
    expect(end.output).toMatchObject({ outcome: 'FailedOver' });
    stage.stage.aws.restore(east);
    await stage.stage.clock.sleepMs(reverseMs);
  };
  return { ledger, stage, failOver };
};
