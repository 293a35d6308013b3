import * as z from 'zod/mini';

/** Environment of functions that page operators. */
export const notifyEnvironmentSchema = z.object({
  /** Topic in the function's own Region. */
  TOPIC_ARN: z.string().check(z.startsWith('arn:')),
});

export type NotifyEnvironment = z.output<typeof notifyEnvironmentSchema>;
