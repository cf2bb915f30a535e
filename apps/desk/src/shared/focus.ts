/**
 * Where the hands are after a deed that takes away the button pressed: without it the next Tab would begin at the top of
 * the page. Waits for the frame in which the new thing stands.
 */
export function focusOn(id: string): void {
  requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById(id)?.focus({ preventScroll: true })));
}

const faulty = '[aria-invalid="true"]:not([disabled]), [data-error] input:not([disabled]), [data-error] textarea:not([disabled])';
/** After a refusal: the first field with a fault, else the button pressed, which lost the focus while it was waiting. */
export function focusFault(form: HTMLElement | null): void {
  requestAnimationFrame(() => requestAnimationFrame(() => form?.querySelector<HTMLElement>(`:is(${faulty}), button[type="submit"]:not([disabled])`)?.focus()));
}

/** Where the columns stand under one another, what was opened is brought to the eye. */
export function reveal(element: HTMLElement | null): void {
  if (element && matchMedia("(max-width: 900px)").matches) element.scrollIntoView({ block: "start" });
}

const WHILE_MS = 3_000;
/** What a deed has made is brought to the eye when it stands there: its data come a moment after the deed. */
export function bring(id: string, until = performance.now() + WHILE_MS): void {
  requestAnimationFrame(() => {
    const element = document.getElementById(id);
    if (element) element.scrollIntoView({ block: "nearest" });
    else if (performance.now() < until) bring(id, until);
  });
}
