import * as z from 'zod';

/** `*` stands for any characters. */
const pattern = z.string().min(1);

/** Which calls a fault meets; what is left out meets every call. */
const match = {
  region: pattern.optional(),
  /** Signing name: `mq`, `states`, `dynamodb`, … */
  service: pattern.optional(),
  operation: pattern.optional(),
  /** Name of the calling actor. */
  caller: pattern.optional(),
  /** The Region that the caller runs in. */
  fromRegion: pattern.optional(),
};

/** How often a fault that meets a call takes effect. */
const dose = {
  /** Ends the fault after so many hits. */
  count: z.int().positive().optional(),
  probability: z.number().min(0).max(1).optional(),
};

const id = z.string().min(1).optional();
const regions = z.tuple([z.string(), z.string()]);

const callFaults = [
  z.strictObject({
    id,
    kind: z.literal('region-blackout'),
    region: z.string(),
    /**
     * Virtual time until the caller's socket gives up, unless the caller's own time-out is shorter. The default is
     * longer than the connection time-out of the deployed clients, 2 s, so that theirs decides.
     */
    failAfterMs: z.number().min(0).default(3_000),
    code: z.enum(['ETIMEDOUT', 'ENOTFOUND', 'ECONNREFUSED']).default('ETIMEDOUT'),
  }),
  z.strictObject({
    id,
    kind: z.literal('partition'),
    regions,
    failAfterMs: z.number().min(0).default(3_000),
  }),
  z.strictObject({ id, kind: z.literal('throttling'), ...match, ...dose }),
  z.strictObject({ id, kind: z.literal('access-denied'), ...match, ...dose }),
  z.strictObject({
    id,
    kind: z.literal('server-error'),
    statusCode: z.union([z.literal(500), z.literal(502), z.literal(503), z.literal(504)]).default(500),
    ...match,
    ...dose,
  }),
  z.strictObject({
    id,
    kind: z.literal('error'),
    code: z.string().min(1),
    statusCode: z.int().min(400).max(599).default(400),
    message: z.string().default('injected by a fault'),
    ...match,
    ...dose,
  }),
  /** The call takes effect, and is answered with an error all the same; a call that fails by itself keeps its own error. */
  z.strictObject({
    id,
    kind: z.literal('lying-answer'),
    code: z.string().min(1),
    statusCode: z.int().min(400).max(599).default(400),
    message: z.string().default('injected by a fault, after the call took effect'),
    ...match,
    ...dose,
  }),
  z.strictObject({ id, kind: z.literal('slow-answer'), delayMs: z.number().positive(), ...match, ...dose }),
  /** Reads that need not be consistent are answered as they were so long ago, or the first time. */
  z.strictObject({ id, kind: z.literal('stale-answer'), ageMs: z.number().min(0).default(60_000), ...match, ...dose }),
  z.strictObject({ id, kind: z.literal('connection-reset'), when: z.enum(['before', 'after']), ...match, ...dose }),
  z.strictObject({ id, kind: z.literal('kill-caller'), when: z.enum(['before', 'after']), ...match, ...dose }),
  z.strictObject({ id, kind: z.literal('malformed-answer'), ...match, ...dose }),
  /**
   * The caller's host stands still for a while before the call, and nobody ends the caller meanwhile: no time limit of
   * its own or of its function applies to it any more.
   */
  z.strictObject({ id, kind: z.literal('late-caller'), delayMs: z.number().positive(), ...match, ...dose }),
] as const;

const brokerPattern = { region: pattern.optional(), brokerName: pattern.optional() };

const environmentFaults = [
  z.strictObject({ id, kind: z.literal('link-cut'), regions }),
  /** A network ACL that keeps clients away from brokers; replication and mq-dr itself pass. */
  z.strictObject({ id, kind: z.literal('clients-denied'), ...brokerPattern }),
  z.strictObject({ id, kind: z.literal('creation-failure'), ...brokerPattern, ...dose }),
  z.strictObject({
    id,
    kind: z.literal('slow-lifecycle'),
    /** Multiplies the time that a creation, a reboot or a deletion takes. */
    factor: z.number().min(1),
    phase: z.enum(['creation', 'reboot', 'deletion']).optional(),
    ...brokerPattern,
    ...dose,
  }),
  z.strictObject({
    id,
    kind: z.literal('stuck-promotion'),
    mode: z.enum(['SWITCHOVER', 'FAILOVER']).optional(),
    ...brokerPattern,
    ...dose,
  }),
  /** A consumer's process dies right after a message took effect, before it could tell the ledger or the broker. */
  z.strictObject({
    id,
    kind: z.literal('consumer-crash'),
    consumer: pattern.optional(),
    queue: pattern.optional(),
    messageId: pattern.optional(),
    ...dose,
  }),
  /** The clocks of a Region's hosts are ahead of the true time by so many seconds, or behind it; services keep the true time. */
  z.strictObject({
    id,
    kind: z.literal('clock-offset'),
    region: z.string(),
    seconds: z.number().min(-86_400).max(86_400),
  }),
  /** A customer's function raises an error, before or after it did what it was asked for. */
  z.strictObject({
    id,
    kind: z.literal('function-error'),
    when: z.enum(['before', 'after']).default('before'),
    region: pattern.optional(),
    functionName: pattern.optional(),
    ...dose,
  }),
  /** Messages that no consumer can process. */
  z.strictObject({ id, kind: z.literal('poison-message'), messageId: pattern, queue: pattern.optional() }),
  /**
   * Writes to a global table with eventual consistency reach the other Regions so many seconds later than usual, or,
   * without a number, not before the fault ends.
   */
  z.strictObject({
    id,
    kind: z.literal('ledger-lag'),
    seconds: z.number().positive().optional(),
    tableName: pattern.optional(),
    /** The Region that was written to. */
    fromRegion: pattern.optional(),
    toRegion: pattern.optional(),
  }),
  /** A batch request of DynamoDB is answered with its first entries done and the others handed back. */
  z.strictObject({
    id,
    kind: z.literal('unprocessed-items'),
    processed: z.int().positive().default(1),
    operation: z.enum(['BatchGetItem', 'BatchWriteItem']).optional(),
    tableName: pattern.optional(),
    region: pattern.optional(),
    caller: pattern.optional(),
    ...dose,
  }),
  z.strictObject({
    id,
    kind: z.literal('metrics'),
    /** No points, the last value over and over, or points that show up later. */
    effect: z.enum(['missing', 'frozen', 'delayed']),
    delayMs: z.number().positive().optional(),
    region: pattern.optional(),
    metricName: pattern.optional(),
    brokerName: pattern.optional(),
  }),
] as const;

/** A fault as scenarios write it; unknown members are rejected by name. */
export const faultSchema = z.discriminatedUnion('kind', [...callFaults, ...environmentFaults]);

/** What a scenario gives. */
export type FaultInput = z.input<typeof faultSchema>;
/** A checked fault with its defaults. */
export type Fault = z.output<typeof faultSchema>;
export type FaultKind = Fault['kind'];
export type FaultOfKind<K extends FaultKind> = Extract<Fault, { kind: K }>;

/** Every kind of fault, for messages that name the nearest one. */
export const faultKinds: readonly FaultKind[] = [...callFaults, ...environmentFaults].map(
  (schema) => schema.shape.kind.value,
);
