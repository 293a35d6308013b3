import { printableText } from '../../functions/runtime/printable.ts';

/** Markup that is safe to put into a page as it stands. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template may contain: text is escaped, markup is not, lists are joined, absent values vanish. */
export type Fragment = string | number | Markup | undefined | readonly Fragment[];

/** Escapes text for element content and for quoted attributes; what would turn its direction is left out. */
export const escapeHtml = (text: string): string =>
  printableText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

const render = (fragment: Fragment): string => {
  if (fragment === undefined) return '';
  if (fragment instanceof Markup) return fragment.text;
  if (typeof fragment === 'string' || typeof fragment === 'number') return escapeHtml(String(fragment));
  return fragment.map(render).join('');
};

/** Template tag for HTML and SVG: everything put in is escaped unless it is `Markup` already. */
export const html = (strings: TemplateStringsArray, ...values: readonly Fragment[]): Markup =>
  new Markup(strings.reduce((text, string, index) => text + render(values[index - 1]) + string));
