import { inFolder } from '../function-spec.ts';
import {
  changeControl,
  describePairs,
  type IamAction,
  on,
  onUnseen,
  putControl,
  readControl,
  readGuards,
  readLockOwnerUnseen,
  readMetrics,
  readSecrets,
} from '../grants/grant.ts';

const define = inFolder('replica', ['pair']);

/** Reads that both the gate of a creation and the creation itself make. */
const readEligibility = [
  ...readControl,
  ...readGuards,
  ...describePairs,
  ...on('pair brokers', 'mq:DescribeUser'),
  ...on('any broker', 'mq:ListBrokers'),
  ...readSecrets('replica secrets'),
];

/** Intent, guards and lock around a write. */
const writeGuarded = [...readControl, ...readGuards, ...putControl, ...changeControl];

/**
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonmq.html, dependent actions; the
 * service-linked role is there since the primary was made.
 */
const networkOfBroker = (...actions: readonly IamAction[]) =>
  onUnseen('network', 'Amazon MQ does it in the network of the account on behalf of the caller', ...actions);

/** Creation, the pairing reboot and the end of a pair. */
export const replicaFunctions = [
  define('assess-eligibility', { can: [...readEligibility, ...readLockOwnerUnseen] }),
  define('create-replica-broker', {
    can: [
      ...readEligibility,
      ...putControl,
      ...changeControl,
      ...on('any broker', 'mq:CreateBroker'),
      ...onUnseen(
        'pair brokers',
        'the service asks it of whoever names a primary in CreateBroker; it is no operation of its own',
        'mq:CreateReplicaBroker',
      ),
      ...networkOfBroker(
        'ec2:CreateNetworkInterface',
        'ec2:CreateNetworkInterfacePermission',
        'ec2:CreateSecurityGroup',
        'ec2:CreateVpcEndpoint',
        'ec2:DescribeInternetGateways',
        'ec2:DescribeNetworkInterfacePermissions',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSubnets',
        'ec2:DescribeVpcEndpoints',
        'ec2:DescribeVpcs',
        'ec2:ModifyNetworkInterfaceAttribute',
        'route53:AssociateVPCWithHostedZone',
      ),
    ],
  }),
  define('observe-creation', { can: [...describePairs, ...changeControl] }),
  define('assess-reboot', { can: describePairs }),
  define('reboot-primary', { can: [...describePairs, ...writeGuarded, ...on('pair brokers', 'mq:RebootBroker')] }),
  define('observe-pairing', { can: [...describePairs, ...readControl, ...changeControl] }),
  define('prove-replication', {
    can: [...describePairs, ...readMetrics, ...changeControl, ...readSecrets('canary secrets')],
    contactsBrokers: true,
  }),
  define('record-pair', { can: [...describePairs, ...readControl, ...putControl, ...changeControl] }),
  define('assess-unpair', { can: [...describePairs, ...readControl, ...readGuards, ...readLockOwnerUnseen] }),
  define('unpair-primary', { can: [...describePairs, ...writeGuarded, ...on('pair brokers', 'mq:UpdateBroker')] }),
  define('observe-unpairing', { can: [...describePairs, ...readControl, ...changeControl] }),
  define('delete-replica', {
    can: [
      ...describePairs,
      ...writeGuarded,
      ...on('pair brokers', 'mq:DeleteBroker'),
      ...networkOfBroker(
        'ec2:DeleteNetworkInterface',
        'ec2:DeleteNetworkInterfacePermission',
        'ec2:DeleteVpcEndpoints',
        'ec2:DetachNetworkInterface',
      ),
    ],
  }),
  define('forget-pair', { can: on('pair items', 'dynamodb:DeleteItem') }),
];
