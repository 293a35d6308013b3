import { controlTableName } from '../../infra/names.ts';
import { tookEffect } from '../../simulator/api/api-call.ts';
import { east, west } from '../../testbed/orders.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import { timeOf, type Violations } from './audit.ts';
import { onPromotion } from './promotions.ts';
import { runInput } from './run-input.ts';

/**
 * How old a heartbeat may be and still speak for its broker, in seconds of the true time. Three missed beats are silence
 * (180 s); two of them leave room for a beat that came right before the loss, and for clocks that differ.
 */
const freshSeconds = 120;

interface Beat {
  readonly atMs: number;
  readonly serves: boolean;
}

const textOf = (item: unknown, name: string): string | undefined => {
  const value = (item as Readonly<Record<string, { readonly S?: string } | undefined>>)[name];
  return value?.S;
};

/** No automatic run promotes while a fresh heartbeat in the Control table says that the other broker serves. */
export const auditEvidence = (testbed: Testbed, violations: Violations): void => {
  const beats = new Map<string, Beat>();
  testbed.aws.onApiCall(({ service, operation, outcome, request, caller = '', endedAtMs }) => {
    if (`${service} ${operation}` !== 'dynamodb PutItem' || !tookEffect({ outcome })) return;
    const { TableName, Item = {} } = request as Readonly<Record<string, unknown>>;
    if (TableName !== controlTableName || !caller.includes(': write-heartbeat')) return;
    const region = [east, west].find((at) => (textOf(Item, 'sk') ?? '').endsWith(at));
    if (region === undefined) return;
    const said = JSON.stringify(Item);
    const serves = ['primary', 'RUNNING', 'accepts'].every((word) => said.includes(`{"S":"${word}"}`));
    beats.set(region, { atMs: endedAtMs, serves });
  });
  onPromotion(testbed, async ({ atMs, region, caller, executionArn }) => {
    if (executionArn === undefined || !runInput(testbed, executionArn).automatic) return;
    const beat = beats.get(region === east ? west : east);
    const ageSeconds = beat && (atMs - beat.atMs) / 1_000;
    if (beat?.serves !== true || ageSeconds === undefined || ageSeconds >= freshSeconds) return;
    violations.push(
      `${timeOf(atMs)} Promote by ${caller}: the other broker said ${ageSeconds} s before that it serves [evidence]`,
    );
  });
};
