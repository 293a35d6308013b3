import { ApiFault } from '../../api/service.ts';
import { maxNameCharacters } from '../limits.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: the service refuses control characters by name
const forbidden = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/u;

/**
 * Rules for names of state machines and executions,
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html.
 *
 * @throws ApiFault InvalidName
 */
export const requireName = (name: string): void => {
  const reason =
    name.length === 0 || name.length > maxNameCharacters
      ? `a name has 1 to ${maxNameCharacters} characters, this one has ${name.length}`
      : forbidden.exec(name) !== null
        ? `a name has no whitespace, no <>{}[]?*"#%\\^|~\`$&,;:/ and no control characters`
        : undefined;
  if (reason !== undefined) throw new ApiFault('InvalidName', 400, `Invalid Name: '${name}': ${reason}`);
};
