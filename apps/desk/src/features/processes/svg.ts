import type { Language } from "@linija/server/contract/api";
import type { Written } from "./document.ts";
import { curve, type Graph } from "./graph.ts";

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** In two lines at most, broken between words. */
function twoLines(text: string, most: number): string[] {
  const at = text.length > most ? text.lastIndexOf(" ", most) : -1;
  return at > 0 ? [text.slice(0, at), cut(text.slice(at + 1), most)] : [cut(text, most)];
}

/** The picture as a file of its own, black on white, for paper and for documents. */
export function svgOf(process: Written, graph: Graph, { language, sees }: { language: Language; sees: (view: string) => string }): string {
  const bySystem = new Set(graph.ways.filter(({ kind }) => kind === "automatic" || kind === "timer").map(({ key }) => key));
  const lines = graph.lines.map(({ way, to, points }) => `<path d="${curve(points, graph.direction)}" fill="none" stroke="#566072"${bySystem.has(way) ? ' stroke-dasharray="5 4"' : ""}${to.startsWith("way:") ? "" : ' marker-end="url(#end)"'}/>`);
  const ways = graph.ways.map(({ key, x, y, width, height }) => `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="10" fill="#fff" stroke="#9aa3b2"/>${twoLines(process.transitions[key]?.name?.[language] ?? key, 26).map((line, at, all) => `<text x="${x + width / 2}" y="${y + height / 2 + 4 + (at - (all.length - 1) / 2) * 13}" text-anchor="middle" font-size="11">${escape(line)}</text>`).join("")}`);
  const stages = graph.nodes.map(({ key, x, y, width, height, isStart }) => {
    const stage = process.stages[key];
    return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6" fill="${stage?.final ? "#eef0f4" : "#fff"}" stroke="#182030" stroke-width="${isStart ? 2.5 : 1}"/><text x="${x + 10}" y="${y + 28}" font-size="13" font-weight="600">${escape(cut(stage?.name?.[language] ?? key, 24))}</text><text x="${x + 10}" y="${y + 46}" font-size="11.5" fill="#566072">${escape(cut(stage?.client_sees ? sees(stage.client_sees) : "", 28))}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Math.ceil(graph.width)} ${Math.ceil(graph.height)}" width="${Math.ceil(graph.width)}" height="${Math.ceil(graph.height)}" font-family="Inter, Helvetica, Arial, sans-serif" fill="#182030"><title>${escape(process.name?.[language] ?? process.key ?? "")}</title><defs><marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#566072"/></marker></defs><rect width="100%" height="100%" fill="#fff"/>${lines.join("")}${ways.join("")}${stages.join("")}</svg>\n`;
}

export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}
