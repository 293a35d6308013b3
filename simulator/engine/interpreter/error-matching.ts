/**
 * Whether `ErrorEquals` names this error. `States.Runtime` is never matched, `States.DataLimitExceeded` not by a wildcard;
 * `States.TaskFailed` matches every error but a timeout, `States.Timeout` also a missed heartbeat,
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html.
 */
export const errorMatches = (errorEquals: readonly string[], error: string): boolean => {
  if (error === 'States.Runtime') return false;
  return errorEquals.some((name) => {
    if (name === error) return true;
    if (error === 'States.DataLimitExceeded') return false;
    if (name === 'States.ALL') return true;
    const isTimeout = error === 'States.Timeout' || error === 'States.HeartbeatTimeout';
    if (name === 'States.Timeout') return isTimeout;
    return name === 'States.TaskFailed' && !isTimeout;
  });
};
