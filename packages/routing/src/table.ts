/** No row. */
export const NONE = -1;

/** Numbers kept for each row: 8 floats or 16 whole numbers, 64 bytes, one line of the processor's cache. */
export const FLOATS = 8;
export const INTS = 16;

/**
 * Records of numbers in flat memory, called by row number. The engine's cost is waiting for memory: as objects, a piece
 * of work and an operator were some twenty places on the heap, all for the collector to walk; here each is one line.
 * Rows given back are taken again first, while they are still in the cache.
 */
export class Table {
  protected floats = new Float64Array(64 * FLOATS);
  protected ints = new Int32Array(this.floats.buffer);
  readonly #given: number[] = [];
  #end = 0;

  /** A row of zeros. */
  protected takeRow(): number {
    const row = this.#given.pop() ?? this.#end++;
    this.reach(row);
    for (let i = row * FLOATS; i < (row + 1) * FLOATS; i++) this.floats[i] = 0;
    return row;
  }

  /** Makes the memory long enough for the row. */
  protected reach(row: number): void {
    while ((row + 1) * FLOATS > this.floats.length) this.#grow();
  }

  protected giveRow(row: number): void {
    this.#given.push(row);
  }

  #grow(): void {
    const longer = new Float64Array(this.floats.length * 2);
    longer.set(this.floats);
    this.floats = longer;
    this.ints = new Int32Array(longer.buffer);
  }
}
