import type { HttpAnswer, HttpLimits, HttpRequest } from '../../../functions/shared/http-request.ts';
import type { ApiCallAttempt, ApiCallRecord } from '../../api/api-call-record.ts';
import type { CallPlan, PlanCall } from '../../api/call-plan.ts';
import { ConnectionError } from '../../api/connection-error.ts';
import type { VirtualClock } from '../../clock/virtual-clock.ts';
import type { EmbeddedRabbitCluster } from './embedded-cluster.ts';
import { answerManagementApi } from './management-api.ts';

/** A cluster with where it can be reached. */
export interface HostedCluster {
  readonly host: string;
  readonly region: string;
  readonly cluster: EmbeddedRabbitCluster;
  readonly authenticate: (username: string, password: string) => boolean;
}

/** What a call is named in faults and journals. */
const serviceName = 'rabbitmq';

/** Management APIs by host name, behind the same faults and the same log of calls as the AWS services. */
export class RabbitHosts {
  readonly #clock: VirtualClock;
  readonly #planCall: PlanCall;
  readonly #onCall: (record: ApiCallRecord) => void;
  readonly #hosts = new Map<string, HostedCluster>();

  constructor(clock: VirtualClock, planCall: PlanCall, onCall: (record: ApiCallRecord) => void) {
    this.#clock = clock;
    this.#planCall = planCall;
    this.#onCall = onCall;
  }

  add(hosted: HostedCluster): void {
    this.#hosts.set(hosted.host, hosted);
  }

  /** The cluster behind a host name. */
  cluster(host: string): EmbeddedRabbitCluster | undefined {
    return this.#hosts.get(host)?.cluster;
  }

  /**
   * Sends a request inside the running actor.
   *
   * @throws ConnectionError with `code` ENOTFOUND, ECONNREFUSED, ECONNRESET, ETIMEDOUT; EMSGSIZE for too long an answer
   */
  async send(request: HttpRequest, limits: HttpLimits, fromRegion: string | undefined): Promise<HttpAnswer> {
    const { hostname } = new URL(request.origin);
    const hosted = this.#hosts.get(hostname);
    if (hosted === undefined) throw new ConnectionError('ENOTFOUND', `no broker has the host name ${hostname}`);
    const [path = ''] = request.path.split('?');
    const resource = path.split('/').slice(0, 3).join('/');
    const attempt: ApiCallAttempt = {
      atMs: this.#clock.nowMs(),
      region: hosted.region,
      service: serviceName,
      operation: `${request.method} ${resource}`,
      request: { path, ...(request.body !== undefined && { body: JSON.parse(request.body) as unknown }) },
      caller: this.#clock.currentActorName(),
      attemptedByRegion: fromRegion,
    };
    const report = (outcome: string): void => this.#onCall({ ...attempt, endedAtMs: this.#clock.nowMs(), outcome });
    try {
      const answer = await this.#carry(this.#planCall(attempt), hosted, request, limits, report);
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

  async #carry(
    plan: CallPlan,
    hosted: HostedCluster,
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
        ? answerManagementApi(hosted.cluster, request, hosted.authenticate)
        : {
            status: plan.fault.statusCode,
            body: JSON.stringify({ error: plan.fault.code, reason: plan.fault.message }),
          };
    const delayMs = plan.answerDelayMs ?? 0;
    if (delayMs > 0) await this.#clock.sleepMs(Math.min(delayMs, timeoutMs));
    if (delayMs > timeoutMs) throw new ConnectionError('ETIMEDOUT', `no answer within ${timeoutMs} ms`);
    if (plan.afterEffect === 'kill-caller') await die();
    if (plan.afterEffect === 'reset') throw new ConnectionError('ECONNRESET', 'the connection broke');
    return plan.afterEffect === 'malformed-answer' ? { status: 200, body: '{"truncated' } : answer;
  }
}
