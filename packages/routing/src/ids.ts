import { HashIndex, hashOfText } from "./hashindex.ts";
import { NONE } from "./table.ts";

/** Which row has which id: the one place where the engine's numbers and the shell's strings meet. */
export class Ids {
  readonly #ids: string[] = [];
  readonly #index = new HashIndex();

  /** The row of the id, or `NONE`. */
  row(id: string): number {
    const hash = hashOfText(id);
    for (let slot = this.#index.first(hash); slot !== NONE; slot = this.#index.next(slot, hash)) {
      const row = this.#index.row(slot);
      if (this.#ids[row] === id) return row;
    }
    return NONE;
  }

  id(row: number): string {
    return this.#ids[row]!;
  }

  /** The id must be new. */
  add(id: string, row: number): void {
    this.#ids[row] = id;
    this.#index.add(hashOfText(id), row);
  }

  delete(row: number): void {
    this.#index.delete(hashOfText(this.#ids[row]!), row);
  }

  /** In no order. */
  rows(): number[] {
    return this.#index.rows();
  }
}
