import type { HttpAnswer, HttpLimits, HttpRequest } from '../../functions/runtime/http-request.ts';
import type { ApiCall, ApiCallAttempt } from '../api/api-call.ts';
import type { CallPlan, PlanCall } from '../api/call-plan.ts';
import { ConnectionError } from '../api/connection-error.ts';
import type { VirtualClock } from '../clock/virtual-clock.ts';

/** A web server of a broker. */
export interface WebHost {
  readonly region: string;
  /** What its calls are named in faults and journals. */
  readonly service: string;
  /** What a path is about, for the name of the call. */
  resourceOf(path: string): string;
  /** @throws ConnectionError when nothing listens */
  answer(request: HttpRequest): HttpAnswer;
  /** The body of an answer that reports a failure. */
  failureBody(code: string, message: string): string;
  /** The beginning of a good answer's body. */
  readonly truncatedBody: string;
}

/** Finds what is served under a host name and a port; undefined when it is not this kind of host. */
export type FindWebHost = (hostname: string, port: number) => WebHost | undefined;

/** Port of an `https:` origin that names none. */
const httpsPort = 443;

/** Brokers' web servers by host name, behind the same faults and the same log of calls as the AWS services. */
export class WebHosts {
  readonly #clock: VirtualClock;
  readonly #planCall: PlanCall;
  readonly #onCall: (record: ApiCall) => void;
  readonly #finders: FindWebHost[] = [];

  constructor(clock: VirtualClock, planCall: PlanCall, onCall: (record: ApiCall) => void) {
    this.#clock = clock;
    this.#planCall = planCall;
    this.#onCall = onCall;
  }

  add(find: FindWebHost): void {
    this.#finders.push(find);
  }

  /**
   * Sends a request inside the running actor.
   *
   * @throws ConnectionError with `code` ENOTFOUND, ECONNREFUSED, ECONNRESET, ETIMEDOUT; EMSGSIZE for too long an answer
   */
  async send(request: HttpRequest, limits: HttpLimits, fromRegion: string | undefined): Promise<HttpAnswer> {
    const host = this.#find(request.origin);
    const [path = ''] = request.path.split('?');
    const attempt: ApiCallAttempt = {
      atMs: this.#clock.nowMs(),
      region: host.region,
      service: host.service,
      operation: `${request.method} ${host.resourceOf(path)}`,
      request: { path, ...(request.body !== undefined && { body: JSON.parse(request.body) as unknown }) },
      caller: this.#clock.currentActorName(),
      attemptedByRegion: fromRegion,
    };
    const report = (outcome: string): void => this.#onCall({ ...attempt, endedAtMs: this.#clock.nowMs(), outcome });
    try {
      const answer = await this.#carry(this.#planCall(attempt), host, request, limits, report);
      if (Buffer.byteLength(answer.body) > limits.maxBodyBytes) {
        throw Object.assign(new Error(`the answer exceeds ${limits.maxBodyBytes} bytes`), { code: 'EMSGSIZE' });
      }
      report(answer.status < 400 ? 'ok' : String(answer.status));
      return answer;
    } catch (error) {
      if (error instanceof ConnectionError) report(error.code);
      throw error;
    }
  }

  #find(origin: string): WebHost {
    const { hostname, port } = new URL(origin);
    for (const find of this.#finders) {
      const host = find(hostname, port === '' ? httpsPort : Number(port));
      if (host !== undefined) return host;
    }
    throw new ConnectionError('ENOTFOUND', `no broker has the host name ${hostname}`);
  }

  async #carry(
    plan: CallPlan,
    host: WebHost,
    request: HttpRequest,
    { timeoutMs }: HttpLimits,
    report: (outcome: string) => void,
  ): Promise<HttpAnswer> {
    const die = async (): Promise<never> => {
      report('CallerKilled');
      return await this.#clock.killCurrent();
    };
    if (plan.unreachable !== undefined) {
      const { code, afterMs } = plan.unreachable;
      await this.#clock.sleepMs(Math.min(afterMs, timeoutMs));
      throw new ConnectionError(afterMs > timeoutMs ? 'ETIMEDOUT' : code, 'the broker cannot be reached');
    }
    if (plan.beforeEffect === 'kill-caller') await die();
    if (plan.beforeEffect === 'reset') throw new ConnectionError('ECONNRESET', 'the connection broke');
    const answer =
      plan.fault === undefined
        ? host.answer(request)
        : { status: plan.fault.statusCode, body: host.failureBody(plan.fault.code, plan.fault.message) };
    const delayMs = plan.answerDelayMs ?? 0;
    if (delayMs > 0) await this.#clock.sleepMs(Math.min(delayMs, timeoutMs));
    if (delayMs > timeoutMs) throw new ConnectionError('ETIMEDOUT', `no answer within ${timeoutMs} ms`);
    if (plan.afterEffect === 'kill-caller') await die();
    if (plan.afterEffect === 'reset') throw new ConnectionError('ECONNRESET', 'the connection broke');
    return plan.afterEffect === 'malformed-answer' ? { status: 200, body: host.truncatedBody } : answer;
  }
}
