import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Journal } from '../journal/journal.ts';
import type { JournalStream } from '../journal/journal-stream.ts';
import { type GameDaySummary, summaryOf } from '../journal/summary.ts';
import { writeJournal } from '../journal/write-journal.ts';
import { htmlReport } from './html-report.ts';
import { markdownReport } from './markdown-report.ts';
import { reportOf } from './report.ts';

/** The report folder cannot be written to. */
export class ReportFolderError extends Error {
  override readonly name = 'ReportFolderError';
  readonly folder: string;

  constructor(folder: string, reason: string) {
    super(`cannot write reports to ${folder}: ${reason}; choose another folder with --out`);
    this.folder = folder;
  }
}

/**
 * Makes the folder for one run before it begins, so that a run never ends without a place for its report.
 *
 * @throws ReportFolderError
 */
export const prepareReportFolder = async (root: string, run: string): Promise<string> => {
  try {
    await makeFolders(resolve(root));
    for (let attempt = 1; ; attempt++) {
      const folder = join(root, attempt === 1 ? run : `${run}-${attempt}`);
      if (await madeFolder(folder)) return folder;
    }
  } catch (error) {
    throw new ReportFolderError(root, error instanceof Error ? error.message : String(error));
  }
};

/**
 * Makes a folder and those above it, one by one: Node's recursive mkdir never returns on a file system that answers
 * ENOENT for a folder that cannot be made, as /proc does.
 */
const makeFolders = async (folder: string): Promise<void> => {
  const known = await stat(folder).catch(() => undefined);
  if (known?.isDirectory() === true) return;
  if (known !== undefined) throw new Error(`${folder} is not a folder`);
  if (dirname(folder) !== folder) await makeFolders(dirname(folder));
  try {
    await mkdir(folder);
  } catch (error) {
    // Another run may have made it in the meantime.
    if (!(await stat(folder).catch(() => undefined))?.isDirectory()) throw error;
  }
};

/** False when it exists: two runs may begin within one second. */
const madeFolder = async (folder: string): Promise<boolean> => {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
};

/** The journal of a run that is under way, or that never came to its report, in the run's folder. */
export const journalStreamFile = 'journal.jsonl';

/**
 * Writes journal.json, report.html and report.md into `folder`, and answers the summary that names them. Then the stream of
 * the journal is not needed any more, and removed.
 *
 * @throws ReportFolderError; the stream is still there then
 */
export const writeReport = async (
  folder: string,
  journal: Journal,
  stream?: JournalStream,
): Promise<GameDaySummary> => {
  const files = {
    journal: join(folder, 'journal.json'),
    html: join(folder, 'report.html'),
    markdown: join(folder, 'report.md'),
  };
  const summary = summaryOf(journal, files);
  const report = reportOf(journal, summary);
  try {
    // The longest comes last: where it does not fit, people still have the others.
    await writeFile(files.html, htmlReport(report));
    await writeFile(files.markdown, markdownReport(report));
    await writeJournal(files.journal, journal, stream);
    if (stream !== undefined) await rm(stream.file);
  } catch (error) {
    // Half a document is none; the stream has everything that it would have.
    if (stream !== undefined) await rm(files.journal, { force: true });
    const kept = stream === undefined ? '' : `; what happened is in ${stream.file}`;
    throw new ReportFolderError(folder, `${error instanceof Error ? error.message : String(error)}${kept}`);
  }
  return summary;
};
