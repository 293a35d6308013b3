import { ControlItems } from '../../functions/control/control-items.ts';
import { ControlTable } from '../../functions/control/control-table.ts';
import { GuardTable } from '../../functions/control/guard-table.ts';
import { currentRuntime } from '../../functions/runtime/runtime.ts';
import { controlTable } from '../../testbed/stage.ts';
import type { RehearsalStage } from '../baseline/rehearsal-stage.ts';

/** Somebody at the Control table. */
interface Operator {
  readonly records: ControlTable;
  guards(scope: string): GuardTable;
}

const operators = new WeakMap<RehearsalStage, Operator>();

/** Somebody at a stage's Control table, in the Region that no broker of the pair is in. */
export const operatorOf = (stage: RehearsalStage): Operator => {
  const operator = operators.get(stage) ?? operatorAt(stage);
  operators.set(stage, operator);
  return operator;
};

const operatorAt = ({ stage: { clock, aws } }: RehearsalStage): Operator => {
  const runtime = { ...currentRuntime(), clock, random: () => 0.5, aws: aws.clientSettings() };
  const items = new ControlItems(runtime, { region: 'us-east-2', tableName: controlTable });
  return { records: new ControlTable(items), guards: (scope: string) => new GuardTable(items, scope) };
};
