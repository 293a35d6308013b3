import type { LogFields } from '../functions/runtime/log.ts';
import type { ApiCall } from '../simulator/api/api-call.ts';
import type { ExecutionStatusChangeEvent, TransitionEvent } from '../simulator/engine/ports.ts';
import type { BrokerChange } from '../simulator/world/broker/active-mq-broker.ts';
import type { PublishedNotification } from '../simulator/world/sns.ts';
import type { FunctionAnswer } from './lambda.ts';

/** A line that a deployed function logged. */
export interface FunctionLog {
  readonly atMs: number;
  readonly level: 'info' | 'warn' | 'error';
  readonly functionName: string;
  readonly region: string;
  readonly message: string;
  readonly fields: LogFields;
}

/** What a test bed reports, by the name of the event. */
export interface TestbedEvents {
  readonly apiCall: ApiCall;
  readonly transition: TransitionEvent;
  readonly statusChange: ExecutionStatusChangeEvent;
  readonly log: FunctionLog;
  readonly notification: PublishedNotification;
  readonly brokerChange: BrokerChange;
  readonly answer: FunctionAnswer;
}

/** Hears events as they happen, inside whichever actor causes them; it must not wait. */
export type TestbedListener = { readonly [E in keyof TestbedEvents]?: (event: TestbedEvents[E]) => void };

/** Hands events on to listeners. */
export class Listeners {
  readonly #listeners: TestbedListener[] = [];

  add(listener: TestbedListener): void {
    this.#listeners.push(listener);
  }

  tell<E extends keyof TestbedEvents>(name: E, event: TestbedEvents[E]): void {
    for (const listener of this.#listeners) listener[name]?.(event);
  }
}
