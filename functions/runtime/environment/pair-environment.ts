import * as z from 'zod/mini';
import { pairConfigsSchema } from '../../config/pair-config.ts';
import { controlEnvironmentSchema } from './control-environment.ts';
import { jsonText } from './json-text.ts';

/** Environment of every function that decides about a pair. */
export const pairEnvironmentSchema = z.extend(controlEnvironmentSchema, {
  /** JSON array of pair settings; see `pair-config.ts`. */
  PAIRS: z.pipe(jsonText, pairConfigsSchema),
});

/** Environment of functions that read the ledger of processed messages and write reports. */
export const reconciliationEnvironmentSchema = z.extend(pairEnvironmentSchema, {
  /** Name of the ledger's table; each Region has a replica under this name. */
  LEDGER_TABLE: z.string().check(z.minLength(3)),
  /** Bucket of this Region for manifests and reports. */
  REPORT_BUCKET: z.string().check(z.minLength(3)),
});

export type PairEnvironment = z.output<typeof pairEnvironmentSchema>;
export type ReconciliationEnvironment = z.output<typeof reconciliationEnvironmentSchema>;
