import type { PolicyDefinition } from '../../../functions/policy-drift/rabbitmq/rabbit-cluster.ts';
import type { TestCluster } from '../../../tools/real/rabbitmq/test-cluster.ts';

/** What the broker itself applies to a queue. */
export interface AppliedPolicy {
  readonly vhost: string;
  readonly queue: string;
  readonly policy: string;
  readonly definition: PolicyDefinition;
}

/**
 * `rabbitmqctl list_queues` for all virtual hosts at once: the same `info_all`, without starting a virtual machine for
 * each of them. The management API shows samples that may be seconds old; this asks the queues.
 */
const question = `
  Text = fun(B) when is_binary(B) -> B; (_) -> <<>> end,
  Map = fun([_|_] = L) -> maps:from_list(L); (_) -> #{} end,
  Of = fun(Key, Info) -> proplists:get_value(Key, Info) end,
  Rows = [begin
    {resource, _, queue, Name} = Of(name, Info),
    #{vhost => Vhost, queue => Name, policy => Text(Of(policy, Info)),
      definition => Map(Of(effective_policy_definition, Info))}
  end || Vhost <- rabbit_vhost:list_names(),
         Info <- rabbit_amqqueue:info_all(Vhost, [name, policy, effective_policy_definition])],
  io:put_chars(base64:encode(rabbit_json:encode(Rows))),
  done.`;

/** What the broker applies to every queue now. */
export const brokerTruth = async (cluster: TestCluster): Promise<readonly AppliedPolicy[]> => {
  const printed = await cluster.control(['eval', question.replaceAll(/\s+/g, ' ').trim()]);
  const encoded = printed.slice(0, printed.lastIndexOf('done')).trim();
  return JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as readonly AppliedPolicy[];
};
