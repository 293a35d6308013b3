import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { clientCache, clientSettings } from '../../aws/client-settings.ts';
import { translateError } from '../../aws/translate-error.ts';
import type { ReconciliationEnvironment } from '../../runtime/environment/pair-environment.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { TextStore } from '../text-store.ts';

const clients = clientCache((runtime, region, purpose) => new S3Client(clientSettings(runtime, region, purpose)));

/** The report bucket of one Region. Writing an object again with the same content is harmless. */
export class ObjectStore implements TextStore {
  readonly #runtime: Runtime;
  readonly #region: string;
  readonly #bucket: string;

  constructor(runtime: Runtime, where: { readonly region: string; readonly bucket: string }) {
    this.#runtime = runtime;
    this.#region = where.region;
    this.#bucket = where.bucket;
  }

  /** Stores a text, in place of an older one. @throws ServiceUnavailable, AccessDenied, NotFound, RequestRejected */
  async put(key: string, text: string): Promise<void> {
    const contentType = key.endsWith('.ndjson') ? 'application/x-ndjson' : 'application/json';
    try {
      await clients(this.#runtime, this.#region, 'repeatable').send(
        new PutObjectCommand({ Bucket: this.#bucket, Key: key, Body: text, ContentType: contentType }),
      );
    } catch (error) {
      throw this.#translated(error, 'PutObject', key);
    }
  }

  /** The text under a key, if there is one. @throws as `put` */
  async get(key: string): Promise<string | undefined> {
    try {
      const answer = await clients(this.#runtime, this.#region, 'repeatable').send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: key }),
      );
      return (await answer.Body?.transformToString('utf8')) ?? '';
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw this.#translated(error, 'GetObject', key);
    }
  }

  #translated(error: unknown, operation: string, key: string): Error {
    const subject = `${this.#bucket}/${key}`;
    return translateError(error, { service: 's3', operation, region: this.#region, subject });
  }
}

/** The report bucket of a function's own Region. */
export const reportStore = (
  runtime: Runtime,
  environment: Pick<ReconciliationEnvironment, 'REPORT_BUCKET'>,
  region: string,
): ObjectStore => new ObjectStore(runtime, { region, bucket: environment.REPORT_BUCKET });
