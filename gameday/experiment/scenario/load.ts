import { readFile, stat } from 'node:fs/promises';
import { isAlias, isNode, LineCounter, parseDocument, visit } from 'yaml';
import type { Json } from '../../../simulator/engine/expression/json.ts';
import { checkScenario, type Scenario } from './check.ts';
import { pathText } from './problems.ts';

/** Ours take 2 to 10 KiB; a file beyond this is not a scenario, and parsing it would only take time. */
const maxFileBytes = 256 * 1_024;

/** A scenario file cannot be used. The message lists every problem with its line and its path in the file. */
export class InvalidScenarioError extends Error {
  override readonly name = 'InvalidScenarioError';
  readonly problems: readonly string[];

  constructor(file: string, problems: readonly string[]) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super(`${file}: ${count}\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * Reads and checks a scenario file.
 *
 * @throws InvalidScenarioError with every problem at once
 */
export const loadScenario = async (name: string, file: string): Promise<Scenario> => {
  const size = await stat(file).then(
    (stats) => stats.size,
    (error: unknown) => {
      throw new InvalidScenarioError(file, [
        `cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      ]);
    },
  );
  if (size > maxFileBytes) {
    throw new InvalidScenarioError(file, [`has ${size} bytes; a scenario may have ${maxFileBytes}`]);
  }
  return parseScenario(name, file, await readFile(file, 'utf8'));
};

/**
 * Checks the text of a scenario file; `file` is for messages.
 *
 * @throws InvalidScenarioError with every problem at once
 */
export const parseScenario = (name: string, file: string, text: string): Scenario => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false, merge: false });
  const syntax = document.errors.map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    return `line ${line}, column ${col}: ${error.message}`;
  });
  visit(document, {
    Node: (_key, node) => {
      if (!isAlias(node) && !('anchor' in node && node.anchor)) return;
      const { line } = lines.linePos(node.range?.[0] ?? 0);
      syntax.push(`line ${line}: anchors and aliases are not supported; write the value out`);
    },
  });
  if (syntax.length > 0) throw new InvalidScenarioError(file, syntax);

  const source = document.toJS() as Json;
  const checked = checkScenario(name, source);
  if ('scenario' in checked) return checked.scenario;
  throw new InvalidScenarioError(
    file,
    checked.problems.map(({ path, message }) => `line ${lineOf(document, lines, path)}: ${pathText(path)}: ${message}`),
  );
};

const lineOf = (
  document: ReturnType<typeof parseDocument>,
  lines: LineCounter,
  path: readonly (string | number)[],
): number => {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) {
      return lines.linePos(node.range[0]).line;
    }
  }
  return 1;
};
