/** Quotas of AWS Step Functions for Standard workflows, https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html. */

/** Largest input, output, result, argument or single variable as UTF-8 JSON. */
export const maxPayloadBytes = 262_144;
/** Largest sum of all variables of one execution. */
export const maxVariablesBytes = 10 * 1024 * 1024;
/** Most events in one execution's history; the last one is the execution's end. */
export const maxHistoryEvents = 25_000;
/** Longest TimeoutSeconds, IntervalSeconds and Wait, https://states-language.net/spec.html. */
export const maxSeconds = 99_999_999;
/** `MaxDelaySeconds` must be below 366 days by the States Language specification; the guide takes 366 days too. */
export const maxDelaySeconds = 31_622_400;
/** How long after its end an execution can be redriven. */
export const redrivablePeriodMs = 14 * 24 * 3_600_000;
/** How long a client token of RedriveExecution is remembered. */
export const clientTokenPeriodMs = 15 * 60_000;
/** Longest name of a state, a state machine, an execution or a variable, in characters. */
export const maxNameCharacters = 80;
/** Most iterations of an INLINE Map state at a time, https://docs.aws.amazon.com/step-functions/latest/dg/state-map.html. */
export const maxInlineConcurrency = 40;
/**
 * Deepest nesting of one JSONata evaluation, in nodes of its syntax tree; about 300 calls that are no tail calls. The
 * service has a limit, but publishes no number.
 */
export const maxEvaluationDepth = 1_000;
/** Most nodes that one JSONata evaluation visits; it stands for the second that the service allows. */
export const maxEvaluationSteps = 200_000;
