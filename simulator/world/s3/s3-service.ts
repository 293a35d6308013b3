import { ApiFault, type ApiRequest, type ApiService, type Members } from '../../api/service.ts';
import { notModelledOperation, parseMembers } from '../parse-members.ts';
import {
  type GetObjectInput,
  getObjectInput,
  type ListObjectsInput,
  listObjectsInput,
  maxKeyBytes,
  maxListedKeys,
  type PutObjectInput,
  putObjectInput,
} from './s3-input.ts';
import { crc32Of, entityTagOf, type StoredObject } from './stored-object.ts';

interface Bucket {
  readonly name: string;
  readonly region: string;
  readonly objects: Map<string, StoredObject>;
}

/** Amazon S3: buckets of one Region each, strongly consistent, without versions. */
export class S3Service implements ApiService {
  readonly signingName = 's3';
  readonly #nowMs: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: { readonly nowMs: () => number }) {
    this.#nowMs = options.nowMs;
  }

  /** @throws TypeError when the name is taken: bucket names are unique in all Regions */
  addBucket(region: string, name: string): void {
    if (this.#buckets.has(name)) throw new TypeError(`the bucket name "${name}" is taken`);
    this.#buckets.set(name, { name, region, objects: new Map() });
  }

  /** What a bucket holds, by key; nothing for an unknown one. */
  objects(bucket: string): ReadonlyMap<string, StoredObject> {
    return this.#buckets.get(bucket)?.objects ?? new Map();
  }

  async handle({ region, operation, input }: ApiRequest): Promise<Members> {
    const call = { service: 'S3', operation, invalidCode: 'InvalidArgument' };
    switch (operation) {
      case 'PutObject':
        return this.#put(region, parseMembers(putObjectInput, input, call));
      case 'GetObject': {
        const asked = parseMembers(getObjectInput, input, call);
        const found = this.#find(region, asked);
        if (found === undefined) throw new ApiFault('NoSuchKey', 404, 'The specified key does not exist.', asked);
        return { ...headersOf(found, asked), Body: found.content };
      }
      case 'HeadObject': {
        const asked = parseMembers(getObjectInput, input, call);
        const found = this.#find(region, asked);
        // The answer to a HEAD has no body, so that clients see the status alone.
        if (found === undefined) throw new ApiFault('NotFound', 404, 'Not Found');
        return headersOf(found, asked);
      }
      case 'ListObjectsV2':
        return this.#list(region, parseMembers(listObjectsInput, input, call));
      default:
        throw notModelledOperation('S3', operation);
    }
  }

  #put(region: string, input: PutObjectInput): Members {
    const { objects } = this.#bucket(region, input.Bucket);
    const { Key: key, Body: content } = input;
    if (Buffer.byteLength(key) > maxKeyBytes) {
      throw new ApiFault('KeyTooLongError', 400, 'Your key is too long', { MaxSizeAllowed: maxKeyBytes });
    }
    const crc32 = crc32Of(content);
    if (input.ChecksumCRC32 !== undefined && input.ChecksumCRC32 !== crc32) {
      throw new ApiFault('BadDigest', 400, 'The CRC32 you specified did not match the calculated checksum.');
    }
    if (input.IfNoneMatch === '*' && objects.has(key)) {
      throw new ApiFault('PreconditionFailed', 412, 'At least one of the pre-conditions you specified did not hold', {
        Condition: 'If-None-Match',
      });
    }
    const entityTag = entityTagOf(content);
    objects.set(key, {
      key,
      content: Uint8Array.from(content),
      contentType: input.ContentType,
      metadata: input.Metadata ?? {},
      modifiedAtMs: this.#nowMs(),
      entityTag,
      crc32,
    });
    return { ETag: entityTag, ChecksumCRC32: crc32, ChecksumType: 'FULL_OBJECT' };
  }

  #find(region: string, { Bucket: name, Key: key }: GetObjectInput): StoredObject | undefined {
    return this.#bucket(region, name).objects.get(key);
  }

  #list(region: string, input: ListObjectsInput): Members {
    const { Bucket: Name, Prefix, StartAfter, ContinuationToken } = input;
    const { objects } = this.#bucket(region, Name);
    const MaxKeys = Math.min(input.MaxKeys, maxListedKeys);
    const after = ContinuationToken === undefined ? StartAfter : decodeToken(ContinuationToken);
    const found = [...objects.values()]
      .filter(({ key }) => key.startsWith(Prefix) && (after === undefined || compareKeys(key, after) > 0))
      .sort((one, other) => compareKeys(one.key, other.key));
    const page = found.slice(0, MaxKeys);
    const last = page.at(-1)?.key;
    const IsTruncated = last !== undefined && page.length < found.length;
    return {
      Name,
      Prefix,
      MaxKeys,
      KeyCount: page.length,
      IsTruncated,
      ContinuationToken,
      StartAfter,
      NextContinuationToken: IsTruncated ? encodeToken(last) : undefined,
      Contents: page.map(({ key, modifiedAtMs, entityTag, content }) => ({
        Key: key,
        LastModified: new Date(modifiedAtMs),
        ETag: entityTag,
        Size: content.byteLength,
        StorageClass: 'STANDARD',
      })),
    };
  }

  #bucket(region: string, name: string): Bucket {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) {
      throw new ApiFault('NoSuchBucket', 404, 'The specified bucket does not exist', { BucketName: name });
    }
    if (bucket.region === region) return bucket;
    throw new ApiFault(
      'PermanentRedirect',
      301,
      'The bucket you are attempting to access must be addressed using the specified endpoint.',
      { Endpoint: `s3.${bucket.region}.amazonaws.com`, Bucket: name },
    );
  }
}

const headersOf = (object: StoredObject, { ChecksumMode }: GetObjectInput): Members => ({
  ContentLength: object.content.byteLength,
  ContentType: object.contentType,
  ETag: object.entityTag,
  LastModified: new Date(object.modifiedAtMs),
  AcceptRanges: 'bytes',
  Metadata: object.metadata,
  ...(ChecksumMode === 'ENABLED' && { ChecksumCRC32: object.crc32, ChecksumType: 'FULL_OBJECT' }),
});

/** S3 lists keys in the order of their UTF-8 bytes. */
const compareKeys = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

const encodeToken = (key: string): string => Buffer.from(key).toString('base64url');

const decodeToken = (token: string): string => {
  const key = Buffer.from(token, 'base64url').toString();
  if (encodeToken(key) === token) return key;
  throw new ApiFault('InvalidArgument', 400, 'The continuation token provided is incorrect');
};
