import { ApiFault } from '../../../../simulator/api/service.ts';
import { VirtualClock } from '../../../../simulator/clock/virtual-clock.ts';
import { Engine, type EngineOptions } from '../../../../simulator/engine/engine.ts';
import type { Json } from '../../../../simulator/engine/expression/json.ts';

export const testRegion = 'us-east-1';

interface Described {
  readonly status: string;
  readonly output: Json | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly redriveCount: number;
}

/** An engine on a virtual clock that starts at 2026-01-01T00:00:00Z, driven through its API. */
export const startHarness = (options: Partial<EngineOptions> = {}) => {
  const clock = new VirtualClock({ startMs: Date.parse('2026-01-01T00:00:00Z') });
  const engine = new Engine({
    clock,
    random: () => 0.5,
    accountId: '111122223333',
    invokeTask: async () => null,
    ...options,
  });
  const call = (operation: string, input: Readonly<Record<string, unknown>>, region = testRegion) =>
    engine.service.handle({ region, operation, input, caller: undefined });

  return {
    clock,
    engine,
    call,
    create: (name: string, definition: unknown, region = testRegion) =>
      engine.createStateMachine({ name, region, definition }),
    start: async (stateMachineArn: string, name: string, input: Json = {}) => {
      const answer = await call('StartExecution', { stateMachineArn, name, input: JSON.stringify(input) });
      return String(answer.executionArn);
    },
    describe: async (executionArn: string): Promise<Described> => {
      const answer = await call('DescribeExecution', { executionArn });
      return {
        status: String(answer.status),
        output: answer.output === undefined ? undefined : JSON.parse(String(answer.output)),
        error: answer.error === undefined ? undefined : String(answer.error),
        cause: answer.cause === undefined ? undefined : String(answer.cause),
        redriveCount: Number(answer.redriveCount),
      };
    },
    history: async (executionArn: string) => {
      const answer = await call('GetExecutionHistory', { executionArn, maxResults: 1_000 });
      return answer.events as readonly {
        type: string;
        id: number;
        previousEventId: number;
        [member: string]: unknown;
      }[];
    },
    /** Code and message of the fault that `operation` answers with. */
    fault: async (operation: string, input: Readonly<Record<string, unknown>>, region = testRegion) => {
      try {
        await call(operation, input, region);
      } catch (error) {
        if (error instanceof ApiFault)
          return { code: error.code, statusCode: error.statusCode, message: error.message };
        throw error;
      }
      throw new Error(`${operation} was expected to fail`);
    },
  };
};
