import type { ApiCall, ApiCallAttempt } from '../api/api-call.ts';
import type { CallPlan } from '../api/call-plan.ts';
import { type CallOrigin, Dispatcher } from '../api/dispatcher.ts';
import { EmbeddedSigner } from '../api/embedded-signer.ts';
import { InProcessHandler } from '../api/in-process-handler.ts';
import type { VirtualClock } from '../clock/virtual-clock.ts';
import { type Interception, planCall } from './call-faults.ts';
import type { FaultBoard } from './fault-board.ts';
import { WebHosts } from './web-hosts.ts';

export interface CallPathOptions {
  readonly clock: VirtualClock;
  readonly regions: readonly string[];
  readonly faults: FaultBoard;
  /** A new request id, repeatable with the simulator's seed. */
  readonly nextRequestId: () => string;
}

/** What an SDK client in this process needs in addition to its Region. */
export interface EmbeddedClientSettings {
  readonly requestHandler: InProcessHandler;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly signerConstructor: typeof EmbeddedSigner;
  /** The SDK would compare the answers' virtual `Date` with the host's clock, and retry what it takes for skewed. */
  readonly disableClockSkewCorrection: true;
}

/** The way of every call into the simulator: the faults it meets, the service that takes it, and the record it leaves. */
export class CallPath {
  readonly dispatcher: Dispatcher;
  readonly webHosts: WebHosts;
  readonly #faults: FaultBoard;
  readonly #listeners: ((record: ApiCall) => void)[] = [];
  readonly #lateCallers = new Set<string>();
  #intercept: (attempt: ApiCallAttempt) => Interception = () => 'proceed';

  constructor({ clock, regions, faults, nextRequestId }: CallPathOptions) {
    this.#faults = faults;
    const plan = (attempt: ApiCallAttempt): CallPlan => this.#plan(attempt);
    const onApiCall = (record: ApiCall): void => {
      for (const listener of this.#listeners) listener(record);
    };
    this.webHosts = new WebHosts(clock, plan, onApiCall);
    this.dispatcher = new Dispatcher({ clock, regions, planCall: plan, onApiCall, nextRequestId });
  }

  /** Settings for clients whose calls come from `origin`. */
  clientSettings(origin: Omit<CallOrigin, 'abortSignal'>): EmbeddedClientSettings {
    return {
      requestHandler: new InProcessHandler(this.dispatcher, origin),
      credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
      signerConstructor: EmbeddedSigner,
      disableClockSkewCorrection: true,
    };
  }

  onApiCall(listener: (record: ApiCall) => void): void {
    this.#listeners.push(listener);
  }

  /** Replaces what is asked before each call whether the caller's process dies before or after it. */
  intercept(hook: (attempt: ApiCallAttempt) => Interception): void {
    this.#intercept = hook;
  }

  /** Whether a `late-caller` fault has met the actor, or one of its branches: then no time limit ends it. */
  isLate(actorName: string): boolean {
    return [...this.#lateCallers].some((name) => name === actorName || name.startsWith(`${actorName}/`));
  }

  #plan(attempt: ApiCallAttempt): CallPlan {
    const planned = planCall(this.#faults, attempt, this.#intercept(attempt));
    if (planned.stallMs !== undefined && attempt.caller !== undefined) this.#lateCallers.add(attempt.caller);
    return planned;
  }
}
