/** Whether consumers must stop or go on. */
export type ConsumerAction = 'hold' | 'release';

/**
 * What to do about an event-source mapping: nothing more, change it, read again while the service changes it, or give
 * up because it is going away. `unknown` is a state that this project has not met.
 */
export type MappingStep = 'done' | 'write' | 'wait' | 'gone' | 'unknown';

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetEventSourceMapping.html; a mapping in these cannot be changed. */
const changing: readonly string[] = ['Creating', 'Enabling', 'Disabling', 'Updating'];

/** The next step for a mapping in `state`, as the service spells it. Only the end state itself counts as done. */
export const mappingStep = (state: string | undefined, action: ConsumerAction): MappingStep => {
  const [wanted, other] = action === 'hold' ? ['Disabled', 'Enabled'] : ['Enabled', 'Disabled'];
  if (state === wanted) return 'done';
  if (state === other) return 'write';
  if (state === 'Deleting') return 'gone';
  return state !== undefined && changing.includes(state) ? 'wait' : 'unknown';
};
