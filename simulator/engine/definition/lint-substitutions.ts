import type { DefinitionProblem } from './invalid-definition-error.ts';

const substitution = /\$\{[A-Za-z_][A-Za-z0-9_]*\}/g;

/** `${Name}` left over in any string of the document: a deployment would have replaced it. */
export const lintSubstitutions = (value: unknown, path: string, problems: DefinitionProblem[]): void => {
  if (typeof value === 'string') {
    for (const found of value.match(substitution) ?? []) {
      problems.push({ path, message: `the substitution ${found} was not replaced` });
    }
  } else if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) lintSubstitutions(element, `${path}[${index}]`, problems);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      lintSubstitutions(member, path === '' ? key : `${path}.${key}`, problems);
    }
  }
};
