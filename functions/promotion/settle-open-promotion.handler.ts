import * as z from 'zod/mini';
import { notify } from '../aws/notifications.ts';
import { findMembers, findPair } from '../brokers/find-pair.ts';
import { judgeReplication } from '../brokers/lag-verdict.ts';
import { replicationPorts } from '../brokers/replication-ports.ts';
import { composeHandler } from '../runtime/compose.ts';
import { notifyEnvironmentSchema } from '../runtime/environment/notify-environment.ts';
import { pairEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { NotFound } from '../runtime/errors.ts';
import { runSchema } from '../runtime/run.ts';
import { judgeOpenPromotion, openPromotionMessage } from './open-promotion.ts';
import { readPair } from './read-pair.ts';

/**
 * One check of a promotion whose run has died: closes its intent once its effect is seen, and notifies operators of its
 * end. It never writes to a broker.
 */
export const handler = composeHandler({
  name: 'settle-open-promotion',
  input: z.strictObject({
    pair: z.string(),
    promotion: z.strictObject({ subject: z.string(), sequence: z.int() }),
    isLastLook: z.boolean(),
    run: runSchema,
  }),
  environment: z.extend(pairEnvironmentSchema, notifyEnvironmentSchema.shape),
  handle: async ({ pair: pairName, promotion, isLastLook, run }, { runtime, environment, logDecision }) => {
    const pair = findPair(environment.PAIRS, pairName);
    const ports = replicationPorts(runtime, environment);
    const { subject, sequence } = promotion;
    const target = (await findMembers(pair, ports.control)).find(({ brokerId }) => brokerId === subject);
    if (target === undefined) throw new NotFound(`pair "${pairName}" no longer has the broker ${subject}`, promotion);
    const { observation } = await readPair(pair, target.region, ports);
    const replication = judgeReplication(observation);
    const intent = await ports.control.readIntent(pairName, 'Promote');
    const step = judgeOpenPromotion({ sequence, intent, target: observation.target, replication });
    if (step === 'settle' && intent !== undefined) await ports.control.settleIntent(intent, 'effective');
    const about = { pair: pairName, subject, region: target.region, isFinalPoll: isLastLook };
    const page = openPromotionMessage(step, about, replication.evidence);
    logDecision('open promotion observed', { ...about, step, verdict: replication.verdict });
    if (page !== undefined) {
      const message = [...page.lines, `Observed by: ${run.executionArn}`].join('\n');
      await notify(runtime, environment.TOPIC_ARN, { subject: page.subject, message });
    }
    return { step, evidence: replication.evidence };
  },
});
