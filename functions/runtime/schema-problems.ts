import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';

// `zod/mini` says "Invalid input" to everything unless it is given words.
z.config(en());

/** What a schema found wrong, each as `path: message`; `root` names the value itself, which has no path. */
export const schemaProblems = (error: z.core.$ZodError, root = ''): readonly string[] =>
  error.issues.map(({ path, message }) => `${path.join('.') || root}: ${message}`);
