import { afterText, clockText, hasKeypad, isKey, isLive, isOver, KEYS, queueText, statusText, type Screen } from "./screen.ts";
import { fill, words, type Language } from "./words.ts";

/** What the view asks for. */
export interface Deeds { open(): void; close(): void; call(name: string, phone: string): void; hangUp(): void; mute(muted: boolean): void; press(key: string): void }
type Child = Node | string;
type Shown = "button" | "form" | "call" | "over";

const SVG = "http://www.w3.org/2000/svg";
const HANDSET = "M22 16.9v3a2 2 0 0 1-2.2 2A19.8 19.8 0 0 1 2.1 4.2 2 2 0 0 1 4.1 2h3a2 2 0 0 1 2 1.7c.1 1 .4 1.9.7 2.8a2 2 0 0 1-.5 2.1L8.1 9.9a16 16 0 0 0 6 6l1.3-1.3a2 2 0 0 1 2.1-.4c.9.3 1.8.5 2.8.7a2 2 0 0 1 1.7 2z";

function el<K extends keyof HTMLElementTagNameMap>(name: K, attributes: Record<string, string> = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function button(attributes: Record<string, string>, text: Child, onClick: () => void): HTMLButtonElement {
  const made = el("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", onClick);
  return made;
}

function handset(): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", HANDSET);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.append(path);
  return svg;
}

/** Draws screens into a shadow root. The parts of a live call are made once, so that the focus stays where it is. */
export class View {
  readonly #root: ShadowRoot;
  readonly #language: Language;
  readonly #deeds: Deeds;
  #shown: Shown | null = null;
  #screen: Screen = { at: "button" };
  #parts: CallParts | null = null;
  #typed = { name: "", phone: "" };
  #tick = 0;

  constructor(root: ShadowRoot, language: Language, deeds: Deeds) {
    this.#root = root;
    this.#language = language;
    this.#deeds = deeds;
    root.addEventListener("keydown", (event) => this.#key(event as KeyboardEvent));
  }

  get #say() { return words[this.#language]; }

  show(screen: Screen, weak = false): void {
    this.#screen = screen;
    if (screen.at === "button") this.#button();
    else if (screen.at === "form") this.#form(screen.badPhone);
    else if (isOver(screen)) this.#over();
    else this.#call(weak);
  }

  /** Replaces what is shown and moves the focus with it, but only if it was ours or the visitor has just acted here. */
  #place(shown: Shown, made: HTMLElement, focus: HTMLElement | null): void {
    const hadFocus = this.#root.activeElement !== null;
    const first = this.#shown === null;
    clearInterval(this.#tick);
    this.#shown = shown;
    this.#parts = null;
    this.#root.replaceChildren(made);
    if (!first && (hadFocus || shown !== "over")) focus?.focus();
  }

  #panel(...children: Child[]): HTMLElement {
    const say = this.#say;
    const close = button({ class: "x", "aria-label": say.close }, "×", () => this.#deeds.close());
    return el("section", { class: "panel", role: "dialog", "aria-label": say.callUs }, el("div", { class: "head" }, el("h2", {}, say.callUs), close), ...children);
  }

  #button(): void {
    const open = button({ class: "open primary", "aria-haspopup": "dialog" }, handset(), () => this.#deeds.open());
    open.append(this.#say.callUs);
    this.#place("button", open, open);
  }

  #form(badPhone: boolean): void {
    const say = this.#say;
    const name = el("input", { id: "name", name: "name", autocomplete: "name", maxlength: "80" });
    const phone = el("input", { id: "phone", name: "phone", type: "tel", autocomplete: "tel", maxlength: "32", ...(badPhone && { "aria-invalid": "true", "aria-describedby": "bad" }) });
    name.value = this.#typed.name;
    phone.value = this.#typed.phone;
    const form = el("form", {}, el("label", { for: "name" }, say.name), name, el("label", { for: "phone" }, say.phone), phone,
      ...(badPhone ? [el("p", { class: "bad", id: "bad", role: "alert" }, say.badPhone)] : []), el("button", { class: "primary" }, say.start));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#typed = { name: name.value.trim(), phone: phone.value.trim() };
      this.#deeds.call(this.#typed.name, this.#typed.phone);
    });
    this.#place("form", this.#panel(el("p", { class: "quiet" }, say.about), form), badPhone ? phone : name);
  }

  #over(): void {
    const say = this.#say;
    const { at } = this.#screen;
    const again = button({ class: "primary" }, say.again, () => this.#deeds.call(this.#typed.name, this.#typed.phone));
    const status = el("p", at === "problem" ? { role: "alert" } : { role: "status", class: "status" }, statusText(this.#language, this.#screen));
    this.#place("over", this.#panel(status, ...(at === "ended" ? [el("p", { class: "quiet" }, afterText(this.#language, this.#screen))] : []), el("div", { class: "tools" }, again)), again);
  }

  #call(weak: boolean): void {
    if (this.#shown !== "call") this.#callParts();
    const { status, place, clock, tools, keypad } = this.#parts!;
    const screen = this.#screen;
    const live = isLive(screen);
    const text = weak ? this.#say.weak : statusText(this.#language, screen);
    // A live region speaks on every change of its text, so an unchanged one is left alone.
    if (status.textContent !== text) status.textContent = text;
    status.classList.toggle("wait", screen.at !== "talking");
    const lines = queueText(this.#language, screen).join("\n");
    if (place.dataset.text !== lines) {
      place.dataset.text = lines;
      place.replaceChildren(...lines.split("\n").filter(Boolean).map((line) => el("p", { class: "quiet" }, line)));
    }
    clock.hidden = screen.at !== "talking";
    for (const tool of tools) tool.hidden = !live;
    keypad.hidden = !hasKeypad(screen);
    // The voice menu needs keys, a queue does not; whoever opened or closed them by hand is left alone.
    if (!keypad.dataset.touched) this.#toggleKeys(screen.at === "menu" && screen.keys);
    if (keypad.hidden) this.#toggleKeys(false);
    this.#ticks();
  }

  #callParts(): void {
    const say = this.#say;
    const status = el("p", { class: "status", role: "status" });
    const place = el("div", { "aria-live": "polite" });
    const clock = el("p", { class: "clock", role: "timer" });
    const mute = button({}, say.mute, () => {
      const muted = mute.dataset.on === undefined;
      mute.toggleAttribute("data-on", muted);
      mute.textContent = muted ? say.unmute : say.mute;
      this.#deeds.mute(muted);
    });
    const keypad = button({ "aria-expanded": "false", "aria-controls": "keys" }, say.keypad, () => { keypad.dataset.touched = "1"; this.#toggleKeys(Boolean(keys.hidden)); });
    const keys = el("div", { class: "keys", id: "keys", role: "group", "aria-label": say.keypad }, ...KEYS.map((key) => button({ "aria-label": fill(say.key, { key }) }, key, () => this.#deeds.press(key))));
    keys.hidden = true;
    const end = button({ class: "end" }, say.hangUp, () => this.#deeds.hangUp());
    this.#place("call", this.#panel(status, clock, place, el("div", { class: "tools" }, mute, keypad, end), keys), end);
    this.#parts = { status, place, clock, tools: [mute, keypad], keys, keypad };
    this.#tick = window.setInterval(() => this.#ticks(), 1_000);
  }

  #ticks(): void {
    const screen = this.#screen;
    if (this.#parts && screen.at === "talking") this.#parts.clock.textContent = clockText(performance.now() - screen.sinceMs);
  }

  #toggleKeys(open: boolean): void {
    const { keys, keypad } = this.#parts!;
    keys.hidden = !open;
    keypad.setAttribute("aria-expanded", String(open));
  }

  /** Digits typed on the keyboard are the phone's keys; Escape closes what is not a live call. */
  #key(event: KeyboardEvent): void {
    if (event.key === "Escape" && (this.#shown === "form" || this.#shown === "over")) this.#deeds.close();
    if (this.#shown === "call" && isKey(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) this.#deeds.press(event.key);
  }
}

interface CallParts { status: HTMLElement; place: HTMLElement; clock: HTMLElement; tools: HTMLElement[]; keys: HTMLElement; keypad: HTMLElement }
