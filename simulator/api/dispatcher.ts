import { gunzipSync } from 'node:zlib';
import { ActorKilledError } from '../clock/actor.ts';
import type { VirtualClock } from '../clock/virtual-clock.ts';
import { AnswerMemory } from './answer-memory.ts';
import type { ApiCall, ApiCallAttempt } from './api-call.ts';
import type { CallPlan, PlanCall } from './call-plan.ts';
import { ConnectionError } from './connection-error.ts';
import { readCredentialScope } from './credential-scope.ts';
import { fallbackProtocol, serviceProtocols } from './protocols/service-protocols.ts';
import type { DecodedCall, WireProtocol } from './protocols/wire-protocol.ts';
import { redactSecrets } from './redaction.ts';
import { requireModelledRequest } from './request-check.ts';
import { ApiFault, type ApiService } from './service.ts';
import { isSigningName, type SigningName, serviceModels } from './service-models.ts';
import { sleepUnlessAborted } from './sleep-unless-aborted.ts';
import { encodeText, type WireRequest, type WireResponse } from './wire-message.ts';

/** Where a call comes from and how long its caller waits for it. */
export interface CallOrigin {
  /** The Region that the caller runs in, where it is known. */
  readonly fromRegion?: string | undefined;
  /** Virtual milliseconds that the caller gives a connection attempt. */
  readonly connectionTimeoutMs?: number | undefined;
  /** Virtual milliseconds that the caller waits for an answer. */
  readonly requestTimeoutMs?: number | undefined;
  readonly abortSignal?: AbortSignal | undefined;
}

export interface DispatcherOptions {
  readonly clock: VirtualClock;
  readonly regions: readonly string[];
  readonly planCall: PlanCall;
  readonly onApiCall: (record: ApiCall) => void;
  /** A new request id, repeatable with the simulator's seed. */
  readonly nextRequestId: () => string;
}

/** Longest request that is decompressed; DynamoDB takes the largest requests of all services, 16 MiB. */
const maxBodyBytes = 16 * 1024 * 1024;

/** Where one decoded call goes. */
interface Target {
  readonly service: SigningName;
  readonly handler: ApiService;
  readonly protocol: WireProtocol;
  readonly region: string;
  readonly requestId: string;
}

/** Routes calls in AWS wire formats to the embedded services and reports every one of them. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #services = new Map<SigningName, ApiService>();
  readonly #answers = new AnswerMemory();

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /**
   * Adds a service under its signing name.
   *
   * @throws TypeError when the name is taken or unknown
   */
  register(service: ApiService): void {
    const { signingName } = service;
    if (!isSigningName(signingName)) {
      throw new TypeError(`no model is known for "${signingName}"; known: ${Object.keys(serviceModels).join(', ')}`);
    }
    if (this.#services.has(signingName)) throw new TypeError(`the service "${signingName}" is registered already`);
    this.#services.set(signingName, service);
  }

  /**
   * Handles one call inside the running actor. Its answer has the service's time as `Date`, in full seconds.
   *
   * @throws ConnectionError when a fault keeps the call from its answer
   */
  async dispatch(request: WireRequest, origin: CallOrigin): Promise<WireResponse> {
    const response = await this.#handle(request, origin);
    const date = new Date(this.#options.clock.nowMs()).toUTCString();
    return { ...response, headers: { ...response.headers, date } };
  }

  async #handle(request: WireRequest, origin: CallOrigin): Promise<WireResponse> {
    const requestId = this.#options.nextRequestId();
    let protocol = fallbackProtocol;
    let operation = 'unknown';
    try {
      const { region, service } = readCredentialScope(request.headers);
      const handler = isSigningName(service) ? this.#services.get(service) : undefined;
      if (!isSigningName(service) || handler === undefined) throw this.#unknownService(service);
      protocol = serviceProtocols[service];
      const call = protocol.decode(inflate(request));
      operation = call.operation;
      return await this.#carry(call, { service, handler, protocol, region, requestId }, origin);
    } catch (error) {
      if (error instanceof ApiFault) return protocol.encodeFault(error, requestId);
      if (error instanceof ConnectionError || error instanceof ActorKilledError || isAbort(error)) throw error;
      // A defect of the simulator must not look like a fault of the service that a workflow may retry.
      throw new Error(`the simulator failed while it handled ${operation}`, { cause: error });
    }
  }

  async #carry(call: DecodedCall, target: Target, origin: CallOrigin): Promise<WireResponse> {
    const { clock } = this.#options;
    const { handler, protocol, region, requestId } = target;
    const attempt: ApiCallAttempt = {
      atMs: clock.nowMs(),
      region,
      service: handler.signingName,
      operation: call.operation,
      request: redactSecrets(call.input),
      caller: clock.currentActorName(),
      attemptedByRegion: origin.fromRegion,
    };
    const report = (outcome: string): void =>
      this.#options.onApiCall({ ...attempt, endedAtMs: clock.nowMs(), outcome });
    const die = async (): Promise<never> => {
      report('CallerKilled');
      return await clock.killCurrent();
    };
    try {
      this.#requireRegion(region);
      const plan = this.#options.planCall(attempt);
      if (plan.stallMs !== undefined) await clock.sleepMs(plan.stallMs);
      await this.#failBeforeEffect(plan, origin);
      if (plan.beforeEffect === 'kill-caller') await die();
      const response = await this.#answer(call, plan, target, attempt);
      await this.#delayAnswer(plan, origin);
      if (plan.afterEffect === 'kill-caller') await die();
      if (plan.afterEffect === 'reset')
        throw new ConnectionError('ECONNRESET', 'the connection broke before the answer');
      if (plan.afterEffect === 'malformed-answer') {
        report('MalformedAnswer');
        return { ...response.wire, statusCode: 200, body: encodeText('{"truncated') };
      }
      report(response.outcome);
      return response.wire;
    } catch (error) {
      if (error instanceof ConnectionError) report(error.code);
      else if (error instanceof ApiFault) {
        report(error.code);
        return protocol.encodeFault(error, requestId);
      } else if (isAbort(error)) report('AbortError');
      else report('WorldDefect');
      throw error;
    }
  }

  async #failBeforeEffect(plan: CallPlan, origin: CallOrigin): Promise<void> {
    if (plan.unreachable !== undefined) {
      const { code, afterMs } = plan.unreachable;
      const waitMs = Math.min(
        afterMs,
        origin.connectionTimeoutMs ?? Number.POSITIVE_INFINITY,
        origin.requestTimeoutMs ?? Number.POSITIVE_INFINITY,
      );
      await this.#wait(waitMs, origin);
      if (waitMs < afterMs) throw new ConnectionError('ETIMEDOUT', `no connection within ${waitMs} ms`);
      throw new ConnectionError(code, 'the endpoint cannot be reached');
    }
    if (plan.beforeEffect === 'reset') {
      throw new ConnectionError('ECONNRESET', 'the connection broke before the request was handled');
    }
  }

  async #answer(
    call: DecodedCall,
    plan: CallPlan,
    target: Target,
    attempt: ApiCallAttempt,
  ): Promise<{ readonly wire: WireResponse; readonly outcome: string }> {
    const { service, handler, protocol, region, requestId } = target;
    try {
      if (plan.fault !== undefined) throw plan.fault;
      requireModelledRequest(service, call);
      const stale = plan.staleMs === undefined ? undefined : this.#answers.recall(attempt, plan.staleMs);
      if (stale !== undefined) return { wire: stale, outcome: 'StaleAnswer' };
      const output = await handler.handle({
        region,
        operation: call.operation,
        input: call.input,
        caller: attempt.caller,
      });
      const wire = protocol.encodeOutput(call.operation, output, requestId);
      this.#answers.keep(attempt, wire);
      if (plan.faultAfterEffect !== undefined) {
        return { wire: protocol.encodeFault(plan.faultAfterEffect, requestId), outcome: 'LyingAnswer' };
      }
      return { wire, outcome: 'ok' };
    } catch (error) {
      if (!(error instanceof ApiFault)) throw error;
      return { wire: protocol.encodeFault(error, requestId), outcome: error.code };
    }
  }

  async #delayAnswer(plan: CallPlan, origin: CallOrigin): Promise<void> {
    const delayMs = plan.answerDelayMs ?? 0;
    const timeoutMs = origin.requestTimeoutMs ?? Number.POSITIVE_INFINITY;
    await this.#wait(Math.min(delayMs, timeoutMs), origin);
    if (delayMs > timeoutMs) throw new ConnectionError('ETIMEDOUT', `no answer within ${timeoutMs} ms`);
  }

  async #wait(milliseconds: number, origin: CallOrigin): Promise<void> {
    if (milliseconds > 0) await sleepUnlessAborted(this.#options.clock, milliseconds, origin.abortSignal);
  }

  #requireRegion(region: string): void {
    if (this.#options.regions.includes(region)) return;
    throw new ApiFault(
      'RegionNotModelled',
      400,
      `the simulator has no Region "${region}"; it has ${this.#options.regions.join(', ')}`,
    );
  }

  #unknownService(service: string): ApiFault {
    const known = [...this.#services.keys()].join(', ');
    return new ApiFault('ServiceNotModelled', 400, `the simulator does not serve "${service}"; it serves ${known}`);
  }
}

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

const inflate = (request: WireRequest): WireRequest => {
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return request;
  if (encoding !== 'gzip')
    throw new ApiFault('SerializationException', 415, `content-encoding "${encoding}" is not supported`);
  return { ...request, body: gunzipSync(request.body, { maxOutputLength: maxBodyBytes }) };
};
