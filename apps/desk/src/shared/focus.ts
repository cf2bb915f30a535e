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
