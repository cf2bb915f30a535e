const key = "linija:desk";

/**
 * The name of this tab, by which the server knows which of an operator's desks has the sound of a call. A reload keeps
 * it. It is put away only while the page is left: a tab that is duplicated copies the storage, and must not be taken for this one.
 */
export function nameOfDesk(storage: Pick<Storage, "getItem" | "setItem" | "removeItem">, page: EventTarget): string {
  // Not `randomUUID`: an operator with a telephone may open the desk over plain HTTP, where there is none.
  const name = storage.getItem(key) ?? Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  storage.removeItem(key);
  page.addEventListener("pagehide", () => storage.setItem(key, name));
  return name;
}
