interface Pressed { key: string; code: string; ctrlKey: boolean; metaKey: boolean; altKey: boolean; typing: boolean }
export type Deed = { kind: "choose"; index: number } | { kind: "back" } | { kind: "on" } | null;

/** What a key does in a guide: digits choose, Enter goes on where there is one way, Backspace goes back; while typing only Ctrl+Enter. */
export function deedOf(pressed: Pressed, choices: number): Deed {
  const isHeld = pressed.ctrlKey || pressed.metaKey;
  const goesOn: Deed = choices === 0 ? { kind: "on" } : null;
  if (pressed.key === "Enter" && isHeld) return goesOn;
  if (pressed.typing || isHeld || pressed.altKey) return null;
  if (pressed.key === "Enter") return goesOn;
  return pressed.key === "Backspace" ? { kind: "back" } : chosen(pressed.code, choices);
}

function chosen(code: string, choices: number): Deed {
  const digit = Number(/^(?:Digit|Numpad)([1-9])$/.exec(code)?.[1] ?? 0);
  return digit > 0 && digit <= choices ? { kind: "choose", index: digit - 1 } : null;
}
