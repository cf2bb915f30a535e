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
  dirty: Readonly<Record<string, unknown>>;
  /** By place: the version it was written upon. Absent in what older pages kept. */
  seen?: Readonly<Record<string, number>>;
  /** What could not stand beside what others wrote, until somebody decides. */
  conflicts?: readonly { path: string; mine: unknown; theirs: unknown }[];
  /** The server does not take it as it is: it is not sent again by itself. */
  refused?: boolean;
  /** The person pressed "submit": it is submitted as soon as the server can be reached. */
  submit: boolean;
  at: number;
  /** Waits for what it is about: nothing is sent before. */
  held: boolean;
}

/** A file chosen here that is not with the server yet. */
export interface KeptFile { id: string; userId: string; /** The form it belongs to. */ form: string; path: string; file: File; at: number }

const NAME = "linija-forms";
const STORE = "kept";
const FILES = "files";
/** What waits in one browser: enough for a day without a network, too little to fill a disk. */
const MOST_BYTES = 60 * 1024 * 1024;

let opened: Promise<IDBDatabase | null> | null = null;

/** Null where the browser gives no database (private windows of some): then what is typed lives as long as the page. */
function open(): Promise<IDBDatabase | null> {
  opened ??= new Promise((done) => {
    try {
      const request = indexedDB.open(NAME, 2);
      request.onupgradeneeded = () => {
        for (const name of [STORE, FILES]) if (!request.result.objectStoreNames.contains(name)) request.result.createObjectStore(name, { keyPath: "id" });
      };
      // Another tab still has the older one open: it goes on with what it has.
      request.onblocked = () => done(null);
      request.onsuccess = () => {
        request.result.onversionchange = () => request.result.close();
        done(request.result);
      };
      request.onerror = () => done(null);
    } catch {
      done(null);
    }
  });
  return opened;
}

async function run<T>(mode: IDBTransactionMode, deed: (store: IDBObjectStore) => IDBRequest<T>, name = STORE): Promise<T | undefined> {
  const database = await open();
  if (!database) return undefined;
  return new Promise((done) => {
    try {
      const transaction = database.transaction(name, mode);
      const request = deed(transaction.objectStore(name));
      // What is written stands only when the whole of it has found room.
      transaction.oncomplete = () => done(request.result);
      transaction.onabort = () => done(undefined);
      transaction.onerror = () => done(undefined);
    } catch {
      done(undefined);
    }
  });
}

export const readKept = (id: string): Promise<Kept | undefined> => run<Kept | undefined>("readonly", (store) => store.get(id));
export const allKept = async (): Promise<Kept[]> => (await run<Kept[]>("readonly", (store) => store.getAll())) ?? [];

/**
 * Changes what is kept of one form by what stands there in the same moment, in one transaction: two pages never write over each
 * other. Null takes it away. False where the browser keeps nothing.
 */
export async function changeKept(id: string, change: (there: Kept | undefined) => Kept | null): Promise<boolean> {
  let isKept = false;
  await run<Kept | undefined>("readwrite", (store) => {
    const reading = store.get(id) as IDBRequest<Kept | undefined>;
    reading.onsuccess = () => {
      const next = change(reading.result);
      (next ? store.put(next) : store.delete(id)).onsuccess = () => { isKept = true; };
    };
    return reading;
  });
  return isKept;
}
export const forget = async (id: string): Promise<void> => { await run("readwrite", (store) => store.delete(id)); };

/** False where the browser refuses it, or enough waits here already: then it lives as long as the page. */
export async function keepFile(file: KeptFile): Promise<boolean> {
  const waiting = await allFiles();
  if (waiting.reduce((sum, one) => sum + one.file.size, file.file.size) > MOST_BYTES) return false;
  return (await run("readwrite", (store) => store.put(file), FILES)) !== undefined;
}
export const allFiles = async (): Promise<KeptFile[]> => (await run<KeptFile[]>("readonly", (store) => store.getAll(), FILES)) ?? [];
export const readFile = (id: string): Promise<KeptFile | undefined> => run<KeptFile | undefined>("readonly", (store) => store.get(id), FILES);
export const forgetFile = async (id: string): Promise<void> => { await run("readwrite", (store) => store.delete(id), FILES); };
