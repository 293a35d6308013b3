import {
  DeleteParameterCommand,
  GetParameterCommand,
  ParameterAlreadyExists,
  ParameterNotFound,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { A, B, rejection, startMs, ways, withAws } from './support/aws-under-test.ts';

describe.each(ways)('Systems Manager parameters, %s', (way) => {
  it('are created, overwritten and read in their Region', async () => {
    await withAws(way, async ({ aws, ssm }) => {
      const put = { Name: '/orders/endpoint', Type: 'String', Overwrite: true } as const;
      expect(await ssm(B).send(new PutParameterCommand({ ...put, Value: 'one' }))).toMatchObject({ Version: 1 });
      expect(await ssm(B).send(new PutParameterCommand({ ...put, Value: 'two' }))).toMatchObject({ Version: 2 });
      const { Parameter } = await ssm(B).send(new GetParameterCommand({ Name: put.Name }));
      expect(Parameter).toMatchObject({
        Name: put.Name,
        Value: 'two',
        Version: 2,
        Type: 'String',
        ARN: `arn:aws:ssm:${B}:123456789012:parameter/orders/endpoint`,
      });
      expect(Parameter?.LastModifiedDate?.getTime()).toBeGreaterThanOrEqual(startMs);
      expect(aws.parameter(B, put.Name)).toMatchObject({ value: 'two', version: 2 });
      expect(aws.parameter(A, put.Name)).toBeUndefined();
    });
  });

  it('are refused where the service refuses them', async () => {
    await withAws(way, async ({ ssm }) => {
      const put = async (input: object) =>
        await rejection(ssm().send(new PutParameterCommand({ Name: 'a', Value: 'v', Type: 'String', ...input })));
      await ssm().send(new PutParameterCommand({ Name: 'a', Value: 'v', Type: 'String' }));
      expect(await put({})).toBeInstanceOf(ParameterAlreadyExists);
      expect(await put({ Name: 'b', Type: undefined })).toMatchObject({ name: 'ValidationException' });
      expect(await put({ Name: 'with space' })).toMatchObject({ name: 'ValidationException' });
      expect(await put({ Name: '/aws/a' })).toMatchObject({ name: 'ValidationException' });
      expect(await put({ Overwrite: true, Value: 'x'.repeat(4_097) })).toMatchObject({ name: 'ValidationException' });
      expect(await put({ Overwrite: true, Type: 'SecureString' })).toMatchObject({ name: 'ValidationException' });
      expect(await put({ Overwrite: true, Tier: 'Advanced' })).toMatchObject({ name: 'NotModelledException' });
      expect(await rejection(ssm(B).send(new GetParameterCommand({ Name: 'a' })))).toBeInstanceOf(ParameterNotFound);
      expect(await rejection(ssm().send(new DeleteParameterCommand({ Name: 'a' })))).toMatchObject({
        name: 'NotModelledException',
      });
    });
  });
});
