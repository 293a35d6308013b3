import { closest } from 'fastest-levenshtein';

/** Fields of states in JSONPath. */
export const jsonPathFields: ReadonlySet<string> = new Set([
  'InputPath',
  'OutputPath',
  'ResultPath',
  'Parameters',
  'ResultSelector',
  'Result',
  'ItemsPath',
  'SecondsPath',
  'TimestampPath',
  'TimeoutSecondsPath',
  'HeartbeatSecondsPath',
  'MaxConcurrencyPath',
  'ErrorPath',
  'CausePath',
  'Variable',
  'Iterator',
]);

/** Fields of JSONata states that the engine does not carry out. */
export const notImplementedFields: ReadonlySet<string> = new Set([
  'HeartbeatSeconds',
  'Credentials',
  'ItemReader',
  'ItemBatcher',
  'ResultWriter',
  'ToleratedFailureCount',
  'ToleratedFailurePercentage',
  'Label',
]);

/** Why a field is refused, with the nearest valid name where it looks like a slip. */
export const unknownFieldMessage = (field: string, known: readonly string[]): string => {
  if (jsonPathFields.has(field)) {
    return `"${field}" belongs to JSONPath; this engine runs JSONata definitions only (Arguments, Output, Assign)`;
  }
  if (notImplementedFields.has(field)) return `"${field}" is not implemented by this engine`;
  return `unknown field "${field}"; did you mean "${closest(field, [...known])}"?`;
};
