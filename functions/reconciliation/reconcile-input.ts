import * as z from 'zod/mini';
import { queuePattern } from '../config/reconciliation-config.ts';
import { parentRunSchema } from '../runtime/run.ts';
import { manifestHashSchema } from './manifest.ts';

/** Input of the reconcile workflow; it is started in the Region of the broker that is the primary. */
export const reconcileInputSchema = z
  .strictObject({
    /** Name of the configured pair. */
    pair: z.string().check(z.minLength(1)),
    reason: z.string().check(z.minLength(1)),
    /**
     * `report` changes no queue · `repair` does what the named manifest says · `auto` repairs what it has just
     * reported · `configured` is what the pair's settings say about promotions.
     */
    mode: z._default(z.enum(['report', 'repair', 'auto', 'configured']), 'report'),
    /** Hash of the manifest to repair by. */
    manifest: z.optional(manifestHashSchema),
    /** Names or patterns of the queues; all that the pair's configuration includes when left out. */
    queues: z.optional(z.array(queuePattern).check(z.minLength(1))),
    /** Takes the same path as far as the list of queues, and lists what it would do. */
    dryRun: z._default(z.boolean(), false),
    /** The run whose step this is; set by a workflow that starts this one, never by a person. */
    parentRun: z.optional(parentRunSchema),
  })
  .check(
    z.refine(({ mode, manifest }) => (mode === 'repair') === (manifest !== undefined), {
      path: ['manifest'],
      message: 'mode "repair" needs the hash of a manifest, and no other mode takes one',
    }),
    z.refine(({ mode, queues }) => mode !== 'repair' || queues === undefined, {
      path: ['queues'],
      message: 'mode "repair" removes what its manifest lists; name the queues when you make the manifest',
    }),
  );

export type ReconcileInput = z.output<typeof reconcileInputSchema>;
