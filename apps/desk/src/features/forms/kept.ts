/** What was filled and is not with the server yet, as it stands in the browser's database. */
export interface Kept {
  id: string;
  /** Whose it is: another person at the same desk neither sees nor sends it. */
  userId: string;
  projectKey: string; formKey: string; formId: string;
  /** 0: the server has not heard of it. */
  version: number;
  subject: { kind: "ticket" | "interaction" | "client"; id: string } | null;
  /** By place; null takes a value away. */
  dirty: Record<string, unknown>;
  /** The person pressed "submit": it is submitted as soon as the server can be reached. */
  submit: boolean;
  at: number;
  /** Waits for what it is about: nothing is sent before. */
  held: boolean;
}

const NAME = "linija-forms";
const STORE = "kept";

let opened: Promise<IDBDatabase | null> | null = null;

/** Null where the browser gives no database (private windows of some): then what is typed lives as long as the page. */
function open(): Promise<IDBDatabase | null> {
  opened ??= new Promise((done) => {
    try {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => { request.result.createObjectStore(STORE, { keyPath: "id" }); };
      request.onsuccess = () => done(request.result);
      request.onerror = () => done(null);
    } catch {
      done(null);
    }
  });
  return opened;
}

async function run<T>(mode: IDBTransactionMode, deed: (store: IDBObjectStore) => IDBRequest<T>): Promise<T | undefined> {
  const database = await open();
  if (!database) return undefined;
  return new Promise((done) => {
    const request = deed(database.transaction(STORE, mode).objectStore(STORE));
    request.onsuccess = () => done(request.result);
    request.onerror = () => done(undefined);
  });
}

export const readKept = (id: string): Promise<Kept | undefined> => run<Kept | undefined>("readonly", (store) => store.get(id));
export const allKept = async (): Promise<Kept[]> => (await run<Kept[]>("readonly", (store) => store.getAll())) ?? [];
export const keep = async (kept: Kept): Promise<void> => { await run("readwrite", (store) => store.put(kept)); };
export const forget = async (id: string): Promise<void> => { await run("readwrite", (store) => store.delete(id)); };
