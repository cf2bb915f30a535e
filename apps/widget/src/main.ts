import { PageCall } from "./call.ts";
import { serverAt } from "./server.ts";
import { css } from "./style.ts";
import { View } from "./view.ts";
import { pickLanguage } from "./words.ts";

/**
 * "Call us" on a company's page:
 *
 *     <script src="https://linija.example/widget/call.js" data-project="shop" data-language="sl" async></script>
 *
 * `data-project` is the key of the project, `data-language` en, ru or sl (else the page's, else the browser's),
 * `data-colour` (#rrggbb, dark enough for white words) is the company's, `data-ask="no"` calls at once without asking for name and phone, `data-theme` light or dark (else the system's).
 */
// Only during the first run of a classic script does the page say which one it is.
const script = document.currentScript as HTMLScriptElement | null;
const { project = "", language, ask, theme, colour = "" } = script?.dataset ?? {};
const spoken = pickLanguage([language, document.documentElement.lang, ...navigator.languages]);
const server = serverAt(new URL("../", script?.src ?? location.href).href);
const isAsking = ask !== "no";
let call: PageCall | null = null;

const host = document.createElement("linija-call");
host.lang = spoken;
if (theme) host.dataset.theme = theme;
const root = host.attachShadow({ mode: "open" });
const sheet = new CSSStyleSheet();
sheet.replaceSync(/^#[0-9a-f]{6}$/i.test(colour) ? `${css}:host { --accent: ${colour}; }` : css);
root.adoptedStyleSheets = [sheet];

const view = new View(root, spoken, {
  open: () => (isAsking ? view.show({ at: "form", badPhone: false }) : start("", "")),
  close: () => { hangUp(); view.show({ at: "button" }); },
  call: start,
  hangUp,
  mute: (muted) => call?.mute(muted),
  press: (key) => call?.press(key),
});

function start(name: string, phone: string): void {
  const mine: PageCall = new PageCall(server, (screen, weak) => { if (call === mine) view.show(screen, weak); });
  call = mine;
  void mine.start({ project, language: spoken, ...(name && { name }), ...(phone && { phone }) });
}

function hangUp(): void {
  call?.hangUp();
}

view.show({ at: "button" });
window.addEventListener("pagehide", hangUp);
if (document.body) document.body.append(host);
else document.addEventListener("DOMContentLoaded", () => document.body.append(host));
