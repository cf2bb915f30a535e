import type { Duplex } from "node:stream";

/**
 * The control channel between the engine and a media process: one JSON value a line, both ways, over any stream.
 * Lines written in one turn of the event loop leave as one write.
 */
export interface Request { id: number; op: string; args: unknown[] }
export type ToWorker = Request;
export type FromWorker =
  | { id: number; value: unknown }
  | { id: number; error: { code: string; message: string } }
  | { event: unknown }
  | { log: { level: "info" | "warn" | "error"; message: string; fields: Record<string, unknown> } };

/** An SDP has at most 64 KB; nothing else on the channel comes near. */
const mostLineBytes = 1 << 20;

/** Whoever speaks something else on this channel is not a controller; undefined ends the channel. */
function parsed(line: string): object | undefined {
  try {
    const message: unknown = JSON.parse(line);
    return typeof message === "object" && message !== null ? message : undefined;
  } catch {
    return undefined;
  }
}

export class Wire {
  readonly #stream: Duplex;
  #waiting = "";
  #partial = "";

  constructor(stream: Duplex, onMessage: (message: never) => void, onClose: () => void) {
    this.#stream = stream;
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      const lines = (this.#partial + text).split("\n");
      this.#partial = lines.pop()!;
      if (this.#partial.length > mostLineBytes) stream.destroy(new Error("control line too long"));
      for (const line of lines) {
        const message = parsed(line);
        if (message === undefined) stream.destroy(new Error("not a control line"));
        else onMessage(message as never);
      }
    });
    stream.on("error", () => {});
    stream.on("close", onClose);
  }

  send(message: ToWorker | FromWorker): void {
    if (this.#waiting === "") setImmediate(() => this.#flush());
    this.#waiting += `${JSON.stringify(message)}\n`;
  }

  #flush(): void {
    const text = this.#waiting;
    this.#waiting = "";
    if (this.#stream.writable) this.#stream.write(text);
  }

  /** Writes what waits and ends our side. */
  end(): void {
    this.#flush();
    this.#stream.end();
  }

  destroy(): void {
    this.#stream.destroy();
  }
}
