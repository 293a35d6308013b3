import type { NormalizedSchema } from '@smithy/core/schema';

/**
 * The value of a member that travels as text: in the path, a header, the query or a form; a list's entries stand between
 * commas. Text that is no number or boolean,
 * where the model wants one, stays text, so that the request is refused for it.
 */
export const scalarFromText = (schema: NormalizedSchema, text: string): unknown => {
  if (schema.isNumericSchema()) {
    const number = Number(text);
    return text === '' || Number.isNaN(number) ? text : number;
  }
  if (schema.isListSchema()) return text.split(',').map((item) => scalarFromText(schema.getValueSchema(), item));
  if (schema.isBooleanSchema() && (text === 'true' || text === 'false')) return text === 'true';
  return text;
};
