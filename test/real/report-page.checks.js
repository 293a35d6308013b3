// Runs inside the page before it loads, so it is plain JavaScript; it leaves its checks in a global of the page.
globalThis.checks = (() => {
  const parse = (text) => {
    const [red = 0, green = 0, blue = 0, alpha = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
    return [red, green, blue, alpha];
  };

  const luminance = ([red, green, blue]) => {
    const linear = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  };

  const behind = (element) => {
    for (let current = element; current !== null; current = current.parentElement) {
      const colour = parse(getComputedStyle(current).backgroundColor);
      if (colour[3] > 0) return colour;
    }
    return [255, 255, 255, 1];
  };

  const nameOf = (element) =>
    `${element.tagName}.${element.getAttribute('class') ?? ''} "${(element.textContent ?? '').slice(0, 60)}"`;

  /** Elements whose text has less contrast than WCAG 2.2 AA asks for (1.4.3): 4.5, or 3 for large text. */
  const lowContrast = () => {
    const found = [];
    let looked = 0;
    for (const element of document.querySelectorAll('body *')) {
      const own = [...element.childNodes].some((node) => node.nodeType === 3 && (node.textContent ?? '').trim() !== '');
      if (!own || element.tagName.toLowerCase() === 'title') continue;
      looked += 1;
      const style = getComputedStyle(element);
      const isSvg = element instanceof SVGElement;
      // A bar's label lies on the bar drawn just before it.
      const bar = element.classList.contains('bar-label') ? element.previousElementSibling : null;
      const ground = bar === null ? behind(element) : parse(getComputedStyle(bar).fill);
      const ink = parse(isSvg ? style.fill : style.color);
      const [light, dark] = [luminance(ink), luminance(ground)].sort((a, b) => b - a);
      const ratio = (light + 0.05) / (dark + 0.05);
      const size = Number.parseFloat(style.fontSize);
      const needed = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 600) ? 3 : 4.5;
      if (ratio < needed) found.push(`${nameOf(element)} ${ratio.toFixed(2)}`);
    }
    return { looked, found };
  };

  /** Elements that stick out of the page without being inside something that scrolls. */
  const stickingOut = () => {
    const width = document.documentElement.clientWidth;
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.closest('.scroll, pre, .unseen') === null && element.getClientRects().length > 0)
      .filter((element) => {
        const box = element.getBoundingClientRect();
        return box.right > width + 1 || box.left < -1;
      })
      .map(nameOf);
  };

  /** What assistive technology gets to know. */
  const outline = () => ({
    language: document.documentElement.lang,
    landmarks: ['header', 'main', 'footer'].map((name) => document.querySelectorAll(`body > ${name}`).length),
    levels: [...document.querySelectorAll('h1,h2,h3')].map((heading) => Number(heading.tagName[1])),
    unnamedSections: [...document.querySelectorAll('section[aria-labelledby]')].filter(
      (section) => document.getElementById(section.getAttribute('aria-labelledby')) === null,
    ).length,
    tables: [...document.querySelectorAll('table')].map((table) => ({
      caption: table.querySelector('caption')?.textContent ?? '',
      heads: table.querySelectorAll('thead th[scope=col]').length,
      rows: table.querySelectorAll('tbody tr').length,
      rowHeads: table.querySelectorAll('tbody th[scope=row]').length,
    })),
    pictures: [...document.querySelectorAll('svg[role=img]')].map((svg) => svg.getAttribute('aria-label') ?? ''),
    doubledIds: [...document.querySelectorAll('[id]')].filter(
      (element, _index, all) => all.filter((other) => other.id === element.id).length > 1,
    ).length,
  });

  /** Whether every table that scrolls takes the focus. */
  const focusable = () =>
    [...document.querySelectorAll('.scroll')].map((element) => {
      element.focus();
      return document.activeElement === element;
    });

  return {
    lowContrast,
    stickingOut,
    outline,
    focusable,
    ground: () => getComputedStyle(document.body).backgroundColor,
    width: () => document.documentElement.scrollWidth,
  };
})();
