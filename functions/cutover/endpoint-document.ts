import * as z from 'zod/mini';

/** What applications read to find the broker to use. */
export interface EndpointDocument {
  readonly pair: string;
  readonly brokerId: string;
  readonly region: string;
  /** Both instances' AMQP endpoints; only the active one listens (docs/amazon-mq.md 7). */
  readonly amqpEndpoints: readonly string[];
  /** Rises with every promotion; null when the Control table could not say. */
  readonly epoch: number | null;
}

const epochSchema = z.object({ epoch: z.nullable(z.number()) });

/** The epoch of a published document; undefined for a text that holds none, such as one that a person wrote. */
export const publishedEpoch = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  try {
    return epochSchema.safeParse(JSON.parse(text)).data?.epoch ?? undefined;
  } catch {
    return undefined;
  }
};

/** Whether what is published belongs to a later promotion than `epoch`: then a late run must not put it back. */
export const isSuperseded = (published: string | undefined, epoch: number | null): boolean =>
  epoch !== null && (publishedEpoch(published) ?? 0) > epoch;
