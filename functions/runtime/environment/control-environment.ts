import * as z from 'zod/mini';

/** Environment of every function that uses the Control table. */
export const controlEnvironmentSchema = z.object({
  /** Name of the Control table. */
  CONTROL_TABLE: z.string().check(z.minLength(3)),
  /** A Region whose replica of the Control table this function uses; not the counterpart's. */
  CONTROL_REGION: z.string().check(z.minLength(1)),
});

export type ControlEnvironment = z.output<typeof controlEnvironmentSchema>;
