import * as z from 'zod/mini';

/** Input of the unpair workflow. */
export const unpairInputSchema = z
  .strictObject({
    /** Name of the configured pair. */
    pair: z.string().check(z.minLength(1)),
    /** The pair's name once more: whoever ends the protection of a broker says of which one. */
    confirm: z.string(),
    reason: z.string().check(z.minLength(1)),
    /** Whether the replica is deleted, with everything that it stores, once it is an ordinary broker. */
    deleteReplica: z._default(z.boolean(), false),
    /** Id of the replica; must be given for its deletion. */
    replicaBrokerId: z.optional(z.string().check(z.startsWith('b-'))),
    /** Takes the same path without any write and lists the writes it would have made. */
    dryRun: z._default(z.boolean(), false),
  })
  .check(
    z.refine(({ deleteReplica, replicaBrokerId }) => deleteReplica === (replicaBrokerId !== undefined), {
      path: ['replicaBrokerId'],
      message: 'name the replica by its broker id if, and only if, deleteReplica is true',
    }),
  );

export type UnpairInput = z.output<typeof unpairInputSchema>;
