/**
 * Where the hands are after a deed that takes away the button pressed: without it the next Tab would begin at the top of
 * the page. Waits for the frame in which the new thing stands.
 */
export function focusOn(id: string): void {
  requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById(id)?.focus({ preventScroll: true })));
}

/** Where the columns stand under one another, what was opened is brought to the eye. */
export function reveal(element: HTMLElement | null): void {
  if (element && matchMedia("(max-width: 900px)").matches) element.scrollIntoView({ block: "start" });
}
