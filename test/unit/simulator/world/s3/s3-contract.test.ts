import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchBucket,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { A, B, rejection, startMs, ways, withAws } from '../support/aws-under-test.ts';

const Bucket = 'reports-a';

const put = (client: S3Client, Key: string, Body: string | Uint8Array, change: object = {}) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body, ...change }));

const text = async (client: S3Client, Key: string) => {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
  return await Body?.transformToString('utf8');
};

describe.each(ways)('S3, %s', (way) => {
  it('returns what was stored, with its type, its metadata and the time of the simulator', async () => {
    await withAws(way, async ({ aws, s3 }) => {
      aws.addBucket(A, Bucket);
      const content = '{"queue":"Größe & <Preis>"}\n'.repeat(3);
      const Metadata = { run: 'r-1' };
      const stored = await put(s3(), 'scans/o r+d%ers/é.json', content, { ContentType: 'application/json', Metadata });
      const read = await s3().send(new GetObjectCommand({ Bucket, Key: 'scans/o r+d%ers/é.json' }));
      expect(await read.Body?.transformToString('utf8')).toBe(content);
      expect(read).toMatchObject({
        ContentType: 'application/json',
        ContentLength: Buffer.byteLength(content),
        ETag: stored.ETag,
        ChecksumCRC32: stored.ChecksumCRC32,
        Metadata,
      });
      const { LastModified } = read;
      expect(LastModified?.getTime()).toBeGreaterThanOrEqual(startMs);
      expect(LastModified?.getTime()).toBeLessThan(startMs + 60_000);
      await put(s3(), 'scans/o r+d%ers/é.json', 'newer');
      expect(await text(s3(), 'scans/o r+d%ers/é.json')).toBe('newer');
    });
  });

  it('keeps bytes as they are, an empty object too', async () => {
    await withAws(way, async ({ aws, s3 }) => {
      aws.addBucket(A, Bucket);
      const bytes = Uint8Array.from({ length: 4_096 }, (_unused, index) => index % 256);
      await put(s3(), 'bytes', bytes);
      await put(s3(), 'empty', new Uint8Array());
      const read = await s3().send(new GetObjectCommand({ Bucket, Key: 'bytes' }));
      expect(await read.Body?.transformToByteArray()).toEqual(bytes);
      expect(await text(s3(), 'empty')).toBe('');
      expect(aws.objects(Bucket).get('bytes')?.content).toEqual(bytes);
    });
  });

  it('tells what an object is like without its content', async () => {
    await withAws(way, async ({ aws, s3 }) => {
      aws.addBucket(A, Bucket);
      const { ETag } = await put(s3(), 'manifest', 'content');
      const head = await s3().send(new HeadObjectCommand({ Bucket, Key: 'manifest' }));
      expect(head).toMatchObject({ ETag, ContentLength: 7, ContentType: 'application/octet-stream' });
      expect(await rejection(s3().send(new HeadObjectCommand({ Bucket, Key: 'other' })))).toBeInstanceOf(NotFound);
    });
  });

  it('overwrites nothing for a writer that asks for a new object', async () => {
    await withAws(way, async ({ aws, s3 }) => {
      aws.addBucket(A, Bucket);
      await put(s3(), 'manifest', 'first', { IfNoneMatch: '*' });
      const refused = await rejection(put(s3(), 'manifest', 'second', { IfNoneMatch: '*' }));
      expect(refused).toMatchObject({ name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } });
      expect(await text(s3(), 'manifest')).toBe('first');
    });
  });

  it('lists keys in the order of their bytes, in pages', async () => {
    await withAws(way, async ({ aws, s3 }) => {
      aws.addBucket(A, Bucket);
      for (const Key of ['m/b', 'm/a', 'm/é', 'n/a', 'm/B']) await put(s3(), Key, Key);
      const seen: unknown[] = [];
      let ContinuationToken: string | undefined;
      let pages = 0;
      do {
        const page = await s3().send(new ListObjectsV2Command({ Bucket, Prefix: 'm/', MaxKeys: 3, ContinuationToken }));
        seen.push(...(page.Contents ?? []).map(({ Key, Size }) => [Key, Size]));
        ContinuationToken = page.NextContinuationToken;
        pages++;
      } while (ContinuationToken !== undefined);
      expect(pages).toBe(2);
      expect(seen).toEqual([
        ['m/B', 3],
        ['m/a', 3],
        ['m/b', 3],
        ['m/é', 4],
      ]);
      const empty = await s3().send(new ListObjectsV2Command({ Bucket, Prefix: 'none' }));
      expect(empty).toMatchObject({ KeyCount: 0, IsTruncated: false });
      const rest = await s3().send(new ListObjectsV2Command({ Bucket, StartAfter: 'm/b' }));
      expect(rest.Contents?.map(({ Key }) => Key)).toEqual(['m/é', 'n/a']);
    });
  });

  it('refuses unknown buckets, keys, other Regions and what is not modelled, by name', async () => {
    await withAws(way, async ({ aws, s3, calls }) => {
      aws.addBucket(A, Bucket);
      aws.addBucket(B, 'reports-b');
      const get = (where: string, Key: string) => s3().send(new GetObjectCommand({ Bucket: where, Key }));
      expect(await rejection(get(Bucket, 'missing'))).toBeInstanceOf(NoSuchKey);
      expect(await rejection(get('unknown', 'key'))).toBeInstanceOf(NoSuchBucket);
      expect(await rejection(get('reports-b', 'key'))).toMatchObject({ name: 'PermanentRedirect' });
      const deletion = await rejection(s3().send(new DeleteObjectCommand({ Bucket, Key: 'key' })));
      expect(deletion).toMatchObject({ name: 'NotModelledException' });
      expect(deletion.message).toContain('DeleteObject');
      const delimited = await rejection(s3().send(new ListObjectsV2Command({ Bucket, Delimiter: '/' })));
      expect(delimited.message).toContain('Delimiter');
      expect(await rejection(put(s3(), 'k'.repeat(1_025), 'content'))).toMatchObject({ name: 'KeyTooLongError' });
      expect(calls.map(({ operation, outcome }) => [operation, outcome]).slice(0, 4)).toEqual([
        ['GetObject', 'NoSuchKey'],
        ['GetObject', 'NoSuchBucket'],
        ['GetObject', 'PermanentRedirect'],
        ['DeleteObject', 'NotModelledException'],
      ]);
    });
  });

  it('refuses content that does not fit its checksum', async () => {
    await withAws(way, async ({ aws, s3 }) => {
      aws.addBucket(A, Bucket);
      expect(await rejection(put(s3(), 'key', 'content', { ChecksumCRC32: 'AAAAAA==' }))).toMatchObject({
        name: 'BadDigest',
      });
      expect(aws.objects(Bucket).size).toBe(0);
    });
  });

  it('never shows content in the log of calls', async () => {
    await withAws(way, async ({ aws, s3, calls }) => {
      aws.addBucket(A, Bucket);
      await put(s3(), 'key', 'confidential');
      expect(JSON.stringify(calls)).not.toContain('confidential');
      expect(calls[0]?.request).toMatchObject({ Bucket, Key: 'key', Body: '[redacted]' });
    });
  });

  it('throttles as S3 does', async () => {
    await withAws(way, async ({ aws, s3 }) => {
      aws.addBucket(A, Bucket);
      aws.faults.start({ kind: 'throttling', service: 's3', count: 1 });
      expect(await rejection(put(s3(), 'key', 'content'))).toMatchObject({ name: 'SlowDown' });
      await put(s3(), 'key', 'content');
    });
  });
});

describe('buckets', () => {
  it('may stand in the host name or in the path', async () => {
    await withAws('in process', async ({ aws, s3 }) => {
      aws.addBucket(A, 'reports.with.dots');
      aws.addBucket(A, Bucket);
      const byPath = new S3Client({ ...aws.clientSettings(), region: A, forcePathStyle: true });
      await put(byPath, 'a/b', 'by path');
      expect(await text(s3(), 'a/b')).toBe('by path');
      await s3().send(new PutObjectCommand({ Bucket: 'reports.with.dots', Key: 'a/b', Body: 'dots' }));
      expect([...aws.objects('reports.with.dots').keys()]).toEqual(['a/b']);
    });
  });

  it('have names that are unique in all Regions', async () => {
    await withAws('in process', async ({ aws }) => {
      aws.addBucket(A, Bucket);
      expect(() => aws.addBucket(B, Bucket)).toThrow('taken');
      expect(() => aws.addBucket('eu-west-1', 'other')).toThrow('eu-west-1');
    });
  });
});
