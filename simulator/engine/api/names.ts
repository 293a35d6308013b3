import { ApiFault } from '../../api/service.ts';
import { MAX_NAME_CHARACTERS } from '../limits.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: the service refuses control characters by name
const FORBIDDEN = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/u;

/**
 * Rules for names of state machines and executions,
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html.
 *
 * @throws ApiFault InvalidName
 */
export const requireName = (name: string): void => {
  const reason =
    name.length === 0 || name.length > MAX_NAME_CHARACTERS
      ? `a name has 1 to ${MAX_NAME_CHARACTERS} characters, this one has ${name.length}`
      : FORBIDDEN.exec(name) !== null
        ? `a name has no whitespace, no <>{}[]?*"#%\\^|~\`$&,;:/ and no control characters`
        : undefined;
  if (reason !== undefined) throw new ApiFault('InvalidName', 400, `Invalid Name: '${name}': ${reason}`);
};
