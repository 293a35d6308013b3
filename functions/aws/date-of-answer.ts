import type { GetItemCommand } from '@aws-sdk/client-dynamodb';

/**
 * Looks at the Date header of a command's answer, which is the service's own time in full seconds.
 *
 * @returns what gives the start of that second once the command was answered, in milliseconds since the Unix epoch;
 * undefined when the answer carried no date
 */
export const dateOfAnswer = (command: GetItemCommand): (() => number | undefined) => {
  let date: string | undefined;
  command.middlewareStack.add(
    (next) => async (request) => {
      const answered = await next(request);
      date = (answered.response as { readonly headers?: Readonly<Record<string, string>> }).headers?.date;
      return answered;
    },
    { step: 'deserialize', name: 'dateOfAnswer' },
  );
  return () => {
    const atMs = Date.parse(date ?? '');
    return Number.isNaN(atMs) ? undefined : atMs;
  };
};
