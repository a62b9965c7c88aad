// Numbers, times and elements as the page shows them.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const clocks = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

export const NOTHING = '–';

export const count = (value) => whole.format(value);

/** A rate: digits where it is small, none where it is not. */
export const rate = (value) => (value == null ? NOTHING : value < 10 ? fine.format(value) : whole.format(value));

export const clock = (millis) => clocks.format(new Date(millis));

/** A length of time with its unit. */
export function span(millis) {
  if (millis == null) return NOTHING;
  if (millis < 10) return `${fine.format(millis)} ms`;
  if (millis < 1000) return `${whole.format(millis)} ms`;
  if (millis < 60000) return `${fine.format(millis / 1000)} s`;
  const minutes = Math.floor(millis / 60000);
  return `${minutes} min ${whole.format(Math.floor((millis % 60000) / 1000))} s`;
}

export const plural = (many, one) => (many === 1 ? `1 ${one}` : `${count(many)} ${one}s`);

export const byId = (id) => document.getElementById(id);

/** Sets text only where it differs, so that nothing is announced or drawn again without cause. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** An element with a class and children, which are elements or text. */
export function make(tag, className = '', ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/** Makes the children of {@code parent} those of {@code items}, keeping the elements of keys that were there before. */
export function keyed(parent, items, keyOf, create, update) {
  const known = parent.known ?? (parent.known = new Map());
  const wanted = new Set(items.map(keyOf));
  for (const [key, row] of known) {
    if (!wanted.has(key)) {
      row.remove();
      known.delete(key);
    }
  }
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    let row = known.get(key);
    if (!row) {
      row = create(item);
      known.set(key, row);
    }
    update(row, item);
    if (row === place) place = place.nextElementSibling;
    else parent.insertBefore(row, place);
  }
}
