import { mondayMorningMs } from '../../testbed/testbed-plan.ts';
import type { Schedule } from './schedule.ts';

/** Before the first move the pair replicates until its gauges are there; after the last one traffic goes on as long. */
export const calmSeconds = 300;

/** `HH:MM` of an instant, in UTC. */
const timeOfDay = (atMs: number): string => new Date(atMs).toISOString().slice(11, 16);

const windowsOf = ({ protectedWindow }: Schedule) =>
  protectedWindow === null
    ? []
    : [
        {
          reason: 'schedule',
          days: ['monday'],
          startUtc: timeOfDay(mondayMorningMs + (calmSeconds + protectedWindow.fromSeconds) * 1_000),
          durationMinutes: protectedWindow.minutes,
          covers: ['automatic'],
        },
      ];

/** The settings of the pair that a schedule plays with: short times, so that much fits into few minutes. */
export const settingsOf = (schedule: Schedule) => ({
  automaticFailover: true,
  protectedWindows: windowsOf(schedule),
  antiFlapSeconds: schedule.antiFlapSeconds,
  escalation: schedule.escalation,
  approvalSeconds: 120,
  watchSeconds: 120,
  switchover: { stallSeconds: 60, deadlineSeconds: 300 },
});
