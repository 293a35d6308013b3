import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  CreateBrokerCommand,
  CreateUserCommand,
  DeleteBrokerCommand,
  DeleteUserCommand,
  DescribeBrokerCommand,
  DescribeConfigurationCommand,
  DescribeConfigurationRevisionCommand,
  DescribeUserCommand,
  ListBrokersCommand,
  ListUsersCommand,
  PromoteCommand,
  RebootBrokerCommand,
  UpdateBrokerCommand,
  UpdateUserCommand,
} from '@aws-sdk/client-mq';
import { describe, expect, it } from 'vitest';
import { password, rejection, withAws } from '../support/aws-under-test.ts';
import { request } from '../support/mq-requests.ts';
import { refusals, withoutRefusal } from './documented-refusals.ts';

interface Refused {
  readonly name: string;
  readonly message: string;
  readonly ErrorAttribute?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const document = readFileSync(resolve(import.meta.dirname, '../../../../../docs/amazon-mq.md'), 'utf8');

/** `Promote` → `[400, 403, 404, 500]`, from the table in section 8.1. */
const declaredStatuses = (): ReadonlyMap<string, readonly number[]> => {
  const [, table = ''] = /^### 8\.1 Operations\n(.*?)^### 8\.2/ms.exec(document) ?? [];
  const rows = [...table.matchAll(/^\| ([A-Z][A-Za-z, ]+) \| [^|]+ \| ([\d ]+) \|$/gm)];
  return new Map(
    rows.flatMap(([, names = '', statuses = '']) =>
      names.split(', ').map((name): [string, number[]] => [name, statuses.trim().split(' ').map(Number)]),
    ),
  );
};

const statusOf = (error: Refused): number | undefined => error.$metadata?.httpStatusCode;

describe('what docs/amazon-mq.md says is refused', () => {
  it('covers every part of its sections 8 and 9', () => {
    const sections = [...document.matchAll(/^### ([89]\.\d+) /gm)].map(([, section]) => section);
    const covered = new Set([...refusals.map(({ section }) => section), ...Object.keys(withoutRefusal)]);
    expect(sections.length).toBeGreaterThan(15);
    expect(sections.filter((section) => !covered.has(section ?? ''))).toEqual([]);
    const known = [...document.matchAll(/^### (\d+\.\d+) /gm)].map(([, section]) => section);
    expect([...covered].filter((section) => !known.includes(section))).toEqual([]);
  });

  it.each(refusals.map((refusal) => [`${refusal.section}: ${refusal.what}`, refusal] as const))(
    'is refused by the simulator, %s',
    async (_name, { call, status, member, says }) => {
      await withAws('in process', async (test) => {
        const error: Refused = await rejection(call(test));
        expect(error).toMatchObject({ $metadata: { httpStatusCode: status } });
        if (member !== undefined) expect(error.ErrorAttribute).toBe(member);
        if (says !== undefined) expect(error.message).toContain(says);
        expect(error.message).not.toContain(password);
      });
    },
  );
});

describe('the statuses that section 8.1 declares', () => {
  const ids = { BrokerId: 'b-none', Username: 'nobody', ConfigurationId: 'c-none', ConfigurationRevision: '1' };
  const byName = {
    CreateBroker: () => new CreateBrokerCommand(request),
    DescribeBroker: () => new DescribeBrokerCommand(ids),
    ListBrokers: () => new ListBrokersCommand({}),
    UpdateBroker: () => new UpdateBrokerCommand({ BrokerId: ids.BrokerId }),
    RebootBroker: () => new RebootBrokerCommand(ids),
    Promote: () => new PromoteCommand({ BrokerId: ids.BrokerId, Mode: 'FAILOVER' }),
    DeleteBroker: () => new DeleteBrokerCommand(ids),
    CreateUser: () => new CreateUserCommand({ ...ids, Password: password }),
    UpdateUser: () => new UpdateUserCommand(ids),
    DescribeUser: () => new DescribeUserCommand(ids),
    DeleteUser: () => new DeleteUserCommand(ids),
    ListUsers: () => new ListUsersCommand({ BrokerId: ids.BrokerId }),
    DescribeConfiguration: () => new DescribeConfigurationCommand(ids),
    DescribeConfigurationRevision: () => new DescribeConfigurationRevisionCommand(ids),
  } as const;

  it('are those of the operations that the simulator serves', () => {
    expect([...declaredStatuses().keys()].sort()).toEqual(Object.keys(byName).sort());
  });

  it.each(Object.entries(byName))('are given by %s for what is not there, denied or broken', async (name, command) => {
    await withAws('in process', async ({ mq, aws }) => {
      // Each command has its own types; here only their errors matter.
      const send = async (): Promise<unknown> => await mq().send(command() as DescribeBrokerCommand);
      const declared = declaredStatuses().get(name) ?? [];
      if (declared.includes(404)) expect(statusOf(await rejection(send()))).toBe(404);
      aws.faults.start({ kind: 'access-denied', service: 'mq', count: 1 });
      expect(declared).toContain(statusOf(await rejection(send())));
      aws.faults.start({ kind: 'server-error', service: 'mq', count: 1 });
      expect(declared).toContain(statusOf(await rejection(send())));
    });
  });
});
