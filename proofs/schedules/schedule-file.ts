import { parse, stringify } from 'yaml';
import * as z from 'zod';
import { faultSchema } from '../../simulator/world/fault-schema.ts';
import type { Violations } from './audit.ts';
import { horizonSeconds, type Schedule } from './schedule.ts';

const region = z.enum(['us-east-1', 'us-west-2']);
const seconds = z.number();

const moveSchema = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.enum(['switchover', 'failover', 'override', 'dry-run', 'automatic-failover', 'failback', 'reconcile']),
    region,
  }),
  z.strictObject({
    do: z.literal('late-run'),
    workflow: z.enum(['switchover', 'failover']),
    before: z.enum(['DescribeBroker', 'GetItem']),
    region,
    seconds,
  }),
  z.strictObject({ do: z.literal('alarm'), region }),
  z.strictObject({ do: z.enum(['freeze', 'unfreeze']), scope: z.enum(['PAIR#orders', 'GLOBAL']) }),
  z.strictObject({ do: z.literal('answer'), answer: z.enum(['approved', 'denied']) }),
  z.strictObject({ do: z.literal('brief-freeze'), scope: z.enum(['PAIR#orders', 'GLOBAL']), seconds }),
  z.strictObject({ do: z.enum(['acknowledge', 'abort', 'resume']) }),
  z.strictObject({ do: z.literal('promote-outside'), region, mode: z.enum(['SWITCHOVER', 'FAILOVER']) }),
  z.strictObject({ do: z.literal('reboot-outside'), region }),
  z.strictObject({ do: z.literal('consumer-crash'), count: z.int().positive() }),
  z.strictObject({ do: z.literal('skew'), region, seconds }),
  z.strictObject({ do: z.literal('fault'), fault: faultSchema, seconds }),
]);

const scheduleSchema = z.strictObject({
  seed: z.int().min(0),
  escalation: z.discriminatedUnion('mode', [
    z.strictObject({ mode: z.enum(['never', 'ask']) }),
    z.strictObject({ mode: z.literal('auto'), lossBudgetEvents: z.int() }),
  ]),
  antiFlapSeconds: z.int().min(0),
  consumers: z.enum(['hold', 'live']),
  afterPromotion: z.enum(['off', 'report', 'auto']),
  rules: z.boolean(),
  traffic: z.enum(['usual', 'tenfold']),
  protectedWindow: z.strictObject({ fromSeconds: seconds, minutes: z.int().positive() }).nullable(),
  moves: z.array(z.strictObject({ atSeconds: z.number().min(0).max(horizonSeconds), move: moveSchema })),
});

/** A file is no schedule. */
export class InvalidScheduleError extends Error {
  override readonly name = 'InvalidScheduleError';
}

/** A schedule as a file that can be played again, with what it broke. */
export const writeSchedule = (schedule: Schedule, violations: Violations, file: string): string =>
  [
    `# Plays a schedule of proofs/schedules that broke promises: npm run prove -- schedules --replay ${file}`,
    ...violations.map((violation) => `# ${violation}`),
    stringify(schedule),
  ].join('\n');

/** @throws InvalidScheduleError naming every member that is wrong */
export const readSchedule = (text: string): Schedule => {
  const parsed = scheduleSchema.safeParse(parse(text));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
  throw new InvalidScheduleError(`no schedule: ${problems.join('; ')}`);
};
