import { open } from 'node:fs/promises';
import type { Journal } from './journal.ts';
import type { JournalStream } from './journal-stream.ts';

/** Written to the file at once: one text of the whole journal may be longer than a string can be. */
const blockCharacters = 1024 * 1024;

/** The journal as JSON text in pieces, one record a line. */
const piecesOf = function* (journal: Journal, stream: JournalStream | undefined): Generator<string> {
  const { records, ...rest } = journal;
  yield '{\n';
  for (const [name, value] of Object.entries(rest)) {
    if (value !== undefined) yield `  ${JSON.stringify(name)}: ${JSON.stringify(value, null, 2)},\n`;
  }
  yield '  "records": {';
  let first = true;
  for (const [name, kept] of Object.entries(records)) {
    yield `${first ? '' : ','}\n    ${JSON.stringify(name)}: [`;
    first = false;
    const texts =
      name === 'apiCalls' && stream !== undefined
        ? stream.recordsOf('apiCall')
        : kept.map((record) => JSON.stringify(record));
    let separator = '\n      ';
    for (const text of texts) {
      yield separator + text;
      separator = ',\n      ';
    }
    yield separator === '\n      ' ? ']' : '\n    ]';
  }
  yield '\n  }\n}\n';
};

/**
 * Writes a journal as one JSON document.
 *
 * @param stream has the API calls that the journal does not keep in memory
 * @throws the file system's error
 */
export const writeJournal = async (file: string, journal: Journal, stream?: JournalStream): Promise<void> => {
  const handle = await open(file, 'w');
  try {
    let block: string[] = [];
    let characters = 0;
    for (const piece of piecesOf(journal, stream)) {
      block.push(piece);
      characters += piece.length;
      if (characters < blockCharacters) continue;
      await handle.appendFile(block.join(''));
      block = [];
      characters = 0;
    }
    await handle.appendFile(block.join(''));
  } finally {
    await handle.close();
  }
};
