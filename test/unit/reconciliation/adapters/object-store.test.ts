import 'aws-sdk-client-mock-vitest/extend';
import { Readable } from 'node:stream';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { sdkStreamMixin } from '@smithy/core/serde';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { ObjectStore } from '../../../../functions/reconciliation/adapters/object-store.ts';
import { fakeRuntime, sdkError } from '../../../support/fake-ports.ts';

const s3 = mockClient(S3Client);
beforeEach(() => {
  s3.reset();
});

const store = () => new ObjectStore(fakeRuntime(), { region: 'us-west-2', bucket: 'reports' });
const body = (text: string) => sdkStreamMixin(Readable.from([Buffer.from(text)]));

const errors: readonly [string, Error][] = [
  ['AccessDenied', sdkError('AccessDenied', 403)],
  ['NotFound', sdkError('NoSuchBucket', 404)],
  ['ServiceUnavailable', sdkError('SlowDown', 503)],
  ['ServiceUnavailable', sdkError('InternalError', 500)],
  ['ServiceUnavailable', sdkError('TimeoutError')],
  ['RequestRejected', sdkError('InvalidArgument', 400)],
];

describe('storing a document', () => {
  it.each([
    ['manifests/orders/abc.json', 'application/json'],
    ['runs/orders/run-1/scan-0-00000.ndjson', 'application/x-ndjson'],
  ])('puts %s as %s into the bucket of the Region', async (Key, ContentType) => {
    s3.on(PutObjectCommand).resolves({});
    await store().put(Key, 'text');
    expect(s3).toHaveReceivedCommandExactlyOnceWith(PutObjectCommand, {
      Bucket: 'reports',
      Key,
      Body: 'text',
      ContentType,
    });
    expect(await s3.call(0).thisValue.config.region()).toBe('us-west-2');
  });

  it.each(errors)('is %s when the service says so', async (name, error) => {
    s3.on(PutObjectCommand).rejects(error);
    await expect(store().put('a.json', '{}')).rejects.toMatchObject({
      name,
      cause: error,
      details: { service: 's3', operation: 'PutObject', region: 'us-west-2', subject: 'reports/a.json' },
    });
  });
});

describe('reading a document', () => {
  it('gives its text', async () => {
    s3.on(GetObjectCommand).resolves({ Body: body('größe\n') });
    expect(await store().get('a.json')).toBe('größe\n');
    expect(s3).toHaveReceivedCommandExactlyOnceWith(GetObjectCommand, { Bucket: 'reports', Key: 'a.json' });
  });

  it('gives an empty text for an empty one, which is not absent', async () => {
    s3.on(GetObjectCommand).resolves({});
    expect(await store().get('a.json')).toBe('');
  });

  it('gives nothing for one that is not there', async () => {
    s3.on(GetObjectCommand).rejects(new NoSuchKey({ message: 'no such key', $metadata: { httpStatusCode: 404 } }));
    expect(await store().get('a.json')).toBeUndefined();
  });

  it.each(errors)('is %s when the service says so', async (name, error) => {
    s3.on(GetObjectCommand).rejects(error);
    await expect(store().get('a.json')).rejects.toMatchObject({
      name,
      details: { operation: 'GetObject', subject: 'reports/a.json' },
    });
  });

  it('is ServiceUnavailable when the connection breaks within the body', async () => {
    const broken = new Readable({
      read() {
        this.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
      },
    });
    s3.on(GetObjectCommand).resolves({ Body: sdkStreamMixin(broken) });
    await expect(store().get('a.json')).rejects.toMatchObject({ name: 'ServiceUnavailable' });
  });
});
