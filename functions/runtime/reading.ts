import { DrError } from './errors.ts';

/** A value that was read, or the reason why it could not be: unreadable is neither absent nor healthy. */
export type Reading<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly reason: string };

/** Reads something; an error of the catalogue becomes its reason, any other one passes through. */
export const tryRead = async <T>(read: () => Promise<T>): Promise<Reading<T>> => {
  try {
    return { known: true, value: await read() };
  } catch (error) {
    if (error instanceof DrError) return { known: false, reason: error.message };
    throw error;
  }
};
