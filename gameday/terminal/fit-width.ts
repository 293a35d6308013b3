import { stripVTControlCharacters } from 'node:util';

/** Cuts a line that may hold colour codes to `columns` characters, with an ellipsis in place of what is missing. */
export const fitWidth = (line: string, columns: number): string => {
  if (stripVTControlCharacters(line).length <= columns) return line;
  const kept = Math.max(0, columns - 1);
  let shown = 0;
  let result = '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with the escape character
  for (const part of line.split(/(\u001b\[[0-9;]*m)/)) {
    if (part.startsWith('\u001b[')) result += part;
    else {
      const room = kept - shown;
      const piece = part.slice(0, Math.max(0, room));
      result += piece;
      shown += piece.length;
      if (shown >= kept && part.length > piece.length) {
        result += '…';
        shown = columns;
        break;
      }
    }
  }
  return line.includes('\u001b[') ? `${result}\u001b[0m` : result;
};
