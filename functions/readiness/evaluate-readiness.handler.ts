import * as z from 'zod/mini';
import { putEvent } from '../aws/event-bus.ts';
import { notify } from '../aws/notifications.ts';
import { readCredentials } from '../brokers/broker-secrets.ts';
import { findPair } from '../brokers/find-pair.ts';
import { replicationPorts } from '../brokers/replication-ports.ts';
import { controlItems } from '../control/control-ports.ts';
import { askLedger } from '../ledger/dynamodb/regional-ledger.ts';
import { composeHandler } from '../runtime/compose.ts';
import { notifyEnvironmentSchema } from '../runtime/environment/notify-environment.ts';
import { reconciliationEnvironmentSchema } from '../runtime/environment/pair-environment.ts';
import { metricFields } from '../runtime/metric-fields.ts';
import { runSchema } from '../runtime/run.ts';
import { readBrokerAlarms } from './adapters/broker-alarms.ts';
import { ReadinessTable } from './adapters/readiness-table.ts';
import { evaluateReadiness } from './evaluate.ts';
import { gatherReadinessFacts } from './gather-facts.ts';
import { publishVerdict, readinessPage } from './publish-verdict.ts';

/** Evaluates one pair as this Region sees it, and publishes the verdict; changes nothing at the brokers. */
export const handler = composeHandler({
  name: 'evaluate-readiness',
  input: z.strictObject({ pair: z.string(), dryRun: z.boolean(), run: runSchema }),
  environment: z.extend(reconciliationEnvironmentSchema, notifyEnvironmentSchema.shape),
  handle: async ({ pair: pairName, dryRun }, { runtime, environment, region, logDecision }) => {
    const pair = findPair(environment.PAIRS, pairName);
    const ports = replicationPorts(runtime, environment);
    const records = new ReadinessTable(controlItems(runtime, environment));
    const facts = await gatherReadinessFacts(pair, {
      ...ports,
      readCredentials: (secretArn) => readCredentials(runtime, secretArn),
      readGuards: (name) => ports.guardsOf(name).read(),
      readHeartbeat: (name, of) => ports.heartbeats.read(name, of),
      readFence: (name, of) => ports.fences.read(name, of),
      readGameDay: (name) => records.readGameDay(name),
      region,
      readLedger: () => askLedger(runtime, environment, region),
      readAlarms: (of, brokerName, prefix) => readBrokerAlarms(runtime, of, brokerName, prefix),
    });
    const evaluation = evaluateReadiness(facts);
    const { verdict, results } = evaluation;
    logDecision('readiness evaluated', { pair: pair.name, verdict, results });
    const measured = { atMs: facts.nowMs, dimensions: { Pair: pair.name } };
    const change = dryRun
      ? 'unpublished'
      : await publishVerdict(pair.name, evaluation, facts.nowMs, {
          readRecord: () => records.read(pair.name, region),
          writeRecord: (record) => records.write(pair.name, region, record),
          measure: (values) => logDecision('readiness measured', metricFields({ ...measured, values })),
          announce: (detail) =>
            putEvent(runtime, region, { detailType: 'mq-dr readiness changed', detail: { ...detail, region } }),
          page: (finding) => notify(runtime, environment.TOPIC_ARN, readinessPage(pair.name, finding)),
        });
    const shown = (findings: typeof evaluation.blockers) => findings.map(({ code, message }) => ({ code, message }));
    const checks = new Set(results.map(({ check }) => check)).size;
    const found = { blockers: shown(evaluation.blockers), warnings: shown(evaluation.warnings) };
    return { pair: pair.name, verdict, change, checks, ...found };
  },
});
