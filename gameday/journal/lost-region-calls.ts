import { tookEffect } from '../../simulator/api/api-call.ts';
import type { ApiCallRecord, Journal } from './journal.ts';

/** Functions call as `<machine> <execution>: <function>`, branches of theirs with `/<n>` behind it. */
const executionOf = (caller: string): string => caller.slice(0, caller.indexOf(': '));

const brokerIdOf = ({ request }: ApiCallRecord): string =>
  request !== null && typeof request === 'object' && 'brokerId' in request ? String(request.brokerId) : '';

/**
 * API calls that an execution of `failover` made to the Region of the old primary, from its start until it saw its
 * promotion take effect. There must be none: that Region may be lost.
 */
export const lostRegionCalls = ({
  apiCalls,
  brokers,
  verdicts,
}: Pick<Journal['records'], 'apiCalls' | 'brokers' | 'verdicts'>): readonly ApiCallRecord[] =>
  apiCalls
    .filter(
      (call) =>
        call.service === 'mq' &&
        call.operation === 'Promote' &&
        tookEffect(call) &&
        call.caller.startsWith('failover '),
    )
    .flatMap((promote) => {
      const target = brokers.find(({ brokerId }) => brokerId === brokerIdOf(promote));
      const lost = new Set(
        brokers
          .filter(({ pair, region }) => pair === target?.pair && region !== target.region)
          .map(({ region }) => region),
      );
      const verifiedAtMs =
        verdicts.find(
          ({ pair, verdict, atMs }) => pair === target?.pair && verdict === 'exchanged' && atMs >= promote.atMs,
        )?.atMs ?? Number.POSITIVE_INFINITY;
      const execution = executionOf(promote.caller);
      return apiCalls.filter(
        ({ caller, region, atMs }) => lost.has(region) && atMs < verifiedAtMs && executionOf(caller) === execution,
      );
    });
