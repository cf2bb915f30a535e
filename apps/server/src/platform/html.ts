/** Text that is safe to put into a page as it stands. Only `html` makes it, so nothing unescaped can get in by accident. */
export class SafeHtml {
  readonly text: string;
  constructor(text: string) { this.text = text; }
}

type Part = SafeHtml | string | number | null | undefined | false | Part[];

const escapeHtml = (text: string): string => text.replaceAll(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);

const render = (part: Part): string => {
  if (part instanceof SafeHtml) return part.text;
  if (Array.isArray(part)) return part.map(render).join("");
  return part === null || part === undefined || part === false ? "" : escapeHtml(String(part));
};

/** A piece of a page: what is interpolated is escaped, pieces and lists of pieces go in as they are, null and false leave nothing. */
export const html = (strings: TemplateStringsArray, ...parts: Part[]): SafeHtml =>
  new SafeHtml(strings.map((text, index) => text + (index < parts.length ? render(parts[index]) : "")).join(""));

/** Plain text as paragraphs, its http(s) addresses as links. */
export function paragraphs(text: string): SafeHtml[] {
  return text.trim().split(/\n{2,}/).map((block) => html`<p>${block.split("\n").map((line, index) => html`${index > 0 && html`<br>`}${linked(line)}`)}</p>`);
}

/** An address ends where a sentence's own punctuation begins. */
const linked = (line: string): Part[] => line.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)])/).map((piece, index) => (index % 2 === 1 ? html`<a href="${piece}">${piece}</a>` : piece));
