import * as z from 'zod';

/** Keys are at most so long in UTF-8 (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html). */
export const maxKeyBytes = 1_024;

/** One page of a listing (https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html). */
export const maxListedKeys = 1_000;

const object = { Bucket: z.string(), Key: z.string() };

export const putObjectInput = z.strictObject({
  ...object,
  Body: z.instanceof(Uint8Array),
  ContentLength: z.number().optional(),
  ContentType: z.string().default('application/octet-stream'),
  Metadata: z.record(z.string(), z.string()).optional(),
  /** The SDK sends a CRC-32 with every upload by default. */
  ChecksumAlgorithm: z.literal('CRC32').optional(),
  ChecksumCRC32: z.string().optional(),
  IfNoneMatch: z.literal('*').optional(),
});

export type PutObjectInput = z.output<typeof putObjectInput>;

export const getObjectInput = z.strictObject({ ...object, ChecksumMode: z.literal('ENABLED').optional() });

export type GetObjectInput = z.output<typeof getObjectInput>;

export const listObjectsInput = z.strictObject({
  Bucket: z.string(),
  Prefix: z.string().default(''),
  /** More than a page's worth is taken as a page. */
  MaxKeys: z.int().min(0).default(maxListedKeys),
  StartAfter: z.string().optional(),
  ContinuationToken: z.string().optional(),
});

export type ListObjectsInput = z.output<typeof listObjectsInput>;
