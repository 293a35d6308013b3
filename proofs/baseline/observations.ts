import type { Testbed } from '../../testbed/testbed.ts';
import { answerProblems } from './check-answer.ts';

/** What a run on a test bed shows; filled as it happens. */
export interface Observations {
  /**
   * Calls that changed a broker, in order: operation, Region and broker. Refused ones are not among them, nor promotions
   * that a fault kept from taking effect.
   */
  readonly effects: readonly string[];
  /** Answers that differ from the contracts of their functions. */
  readonly answerProblems: ReadonlySet<string>;
}

/** Observes what happens from now on. */
export const observe = (testbed: Testbed): Observations => {
  const effects: string[] = [];
  const problems = new Set<string>();
  /** Whether an exchange of roles was accepted that has no effect: further ones have none, until something else happens. */
  let stuck = false;
  testbed.aws.faults.onChange((change, _id, { kind }) => {
    if (change === 'stopped' && kind === 'stuck-promotion') stuck = true;
  });
  testbed.aws.onEvent(({ source, detail, region }) => {
    const {
      eventName,
      errorCode,
      requestParameters = {},
    } = detail as {
      readonly eventName?: string;
      readonly errorCode?: string;
      readonly requestParameters?: Readonly<Record<string, unknown>>;
    };
    if (source !== 'aws.amazonmq' || errorCode !== undefined) return;
    const { mode = '', brokerName, 'broker-id': broker = brokerName } = requestParameters;
    stuck &&= mode === 'SWITCHOVER';
    if (!stuck) effects.push(`${eventName} ${region} ${String(broker)} ${String(mode)}`.trimEnd());
  });
  testbed.observe({
    answer: (answer) => {
      for (const problem of answerProblems(answer)) problems.add(problem);
    },
  });
  return { effects, answerProblems: problems };
};

/** Hands an event to the function that the deployed rules hand it to. */
export const receiveEvent = (testbed: Testbed, region: string, event: unknown): void => {
  testbed.clock.spawn(`event in ${region}`, () => testbed.invokeAsEvent('receive-event', region, event));
};

/** Switches the rule `run-ended` on: runs that end without success are settled, but for settle-run itself. */
export const settleEndedRuns = (testbed: Testbed): void => {
  testbed.aws.onEvent((event) => {
    const { status, stateMachineArn } = event.detail;
    const ended = event.source === 'aws.states' && ['FAILED', 'TIMED_OUT', 'ABORTED'].includes(String(status));
    if (!ended || String(stateMachineArn).endsWith(':settle-run')) return;
    if (!testbed.aws.reachability.isDark(event.region)) receiveEvent(testbed, event.region, event);
  });
};
