/** As a constructed sheet it needs no `unsafe-inline` of the page's policy. */
export const css = `
:host { all: initial; --accent: #1b5e8c; --on: #fff; --card: #fff; --text: #1a1d21; --quiet: #59626d; --line: #dfe3e8; --field: #7d8793; --soft: #eef4f9; --red: #b3261e; --focus: #b98900; --mark: #1b5e8c;
  position: fixed; right: 16px; bottom: 16px; z-index: 2147483000; color-scheme: light dark; color: var(--text); font: 15px/1.45 Inter, system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
@media (prefers-color-scheme: dark) { :host { --card: #1d2125; --text: #e8eaed; --quiet: #a2abb5; --line: #343a41; --field: #8a94a0; --soft: #232b33; --red: #ff8a80; --mark: #6db3e0; } }
:host([data-theme=light]) { color-scheme: light; --card: #fff; --text: #1a1d21; --quiet: #59626d; --line: #dfe3e8; --field: #7d8793; --soft: #eef4f9; --red: #b3261e; --mark: #1b5e8c; }
:host([data-theme=dark]) { color-scheme: dark; --card: #1d2125; --text: #e8eaed; --quiet: #a2abb5; --line: #343a41; --field: #8a94a0; --soft: #232b33; --red: #ff8a80; --mark: #6db3e0; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
button, input { font: inherit; color: inherit; }
button { cursor: pointer; border: 0; border-radius: 8px; min-height: 44px; padding: 0 16px; font-weight: 600; background: var(--soft); }
button:hover { filter: brightness(.96); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.primary { background: var(--accent); color: var(--on); }
.end { background: #b3261e; color: #fff; }
.open { border-radius: 26px; min-height: 52px; padding: 0 22px 0 18px; box-shadow: 0 4px 18px rgb(0 0 0 / .25); display: flex; align-items: center; gap: 10px; }
svg { width: 20px; height: 20px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.panel { width: min(320px, calc(100vw - 32px)); max-height: calc(100vh - 32px); overflow: auto; background: var(--card); border: 1px solid var(--line); border-radius: 12px; box-shadow: 0 8px 30px rgb(0 0 0 / .28); padding: 16px; }
.head { display: flex; align-items: center; justify-content: space-between; gap: 8px; margin: -8px -8px 4px 0; }
h2 { font-size: 16px; margin: 0; font-weight: 650; }
.x { background: none; padding: 0; width: 44px; font-size: 20px; font-weight: 400; color: var(--quiet); }
p { margin: 0 0 8px; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); font-size: 14px; }
label { display: block; font-size: 14px; margin: 10px 0 4px; }
input { width: 100%; min-height: 44px; border: 1px solid var(--field); border-radius: 8px; background: var(--card); padding: 0 12px; }
.bad { color: var(--red); font-size: 14px; margin: 4px 0 0; }
form button { width: 100%; margin-top: 14px; }
.status { font-weight: 600; font-size: 16px; }
.clock { font-variant-numeric: tabular-nums; font-size: 28px; font-weight: 600; letter-spacing: .01em; }
.tools { display: flex; gap: 8px; margin-top: 12px; flex-wrap: wrap; }
.tools button { flex: 1 1 auto; font-size: 14px; }
[data-on], [aria-expanded=true] { box-shadow: inset 0 0 0 2px var(--mark); }
.keys { display: grid; grid-template-columns: repeat(3, 1fr); gap: 6px; margin-top: 12px; }
.keys button { font-size: 18px; font-variant-numeric: tabular-nums; }
.wait::before { content: ""; display: inline-block; width: 9px; height: 9px; border-radius: 50%; background: var(--mark); margin-right: 9px; }
@media (prefers-reduced-motion: no-preference) { .wait::before { animation: wait 1.6s ease-in-out infinite; } @keyframes wait { 50% { opacity: .25; } } }
@media (forced-colors: active) { button { border: 1px solid ButtonText; } }
`;
