const BLOCK = 128;

/**
 * A list kept in the order of `before`, as blocks of at most 128 items: adding, deleting and counting cost a binary
 * search and a short shift, which beats balanced trees at the sizes of a contact centre. `before` must be a strict
 * total order and must not change for an item while it is in the list.
 */
export class SortedList<T> {
  /** At least one; only the only one may be empty. */
  readonly blocks: T[][] = [[]];
  size = 0;
  readonly #before: (a: T, b: T) => boolean;
  /** The ends of `blocks`, where nearly all happens, without going through it: each step is a miss of the cache. */
  #head = this.blocks[0]!;
  #tail = this.blocks[0]!;

  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  /** Adds an item that the caller knows to come after all others, without looking at them. */
  append(item: T): void {
    this.size++;
    if (this.#tail.length < BLOCK) {
      this.#tail.push(item);
      return;
    }
    this.#tail = [item];
    this.blocks.push(this.#tail);
  }

  first(): T | undefined {
    return this.#head[0];
  }

  add(item: T): void {
    const { blocks } = this;
    this.size++;
    const at = blocks.length === 1 ? 0 : Math.min(this.#blockOf(item), blocks.length - 1);
    const block = blocks[at]!;
    let i = block.length;
    // Most items arrive last: walk from the end only when the end is near.
    if (i > 0 && this.#before(item, block[i - 1]!)) i = this.#indexIn(block, item);
    insertAt(block, i, item);
    if (block.length <= BLOCK) return;
    blocks.splice(at + 1, 0, block.splice(BLOCK / 2));
    this.#tail = blocks.at(-1)!;
  }

  /** Whether it was there. */
  delete(item: T): boolean {
    const isFirst = this.first() === item;
    const at = isFirst ? 0 : this.#blockOf(item);
    const block = this.blocks[at];
    if (!block) return false;
    const i = isFirst ? 0 : this.#indexIn(block, item);
    if (block[i] !== item) return false;
    // The first goes most often, and shift does not move the others.
    if (i === 0) block.shift();
    else removeAt(block, i);
    this.size--;
    if (block.length === 0 && this.blocks.length > 1) this.#dropBlock(at);
    return true;
  }

  #dropBlock(at: number): void {
    this.blocks.splice(at, 1);
    this.#head = this.blocks[0]!;
    this.#tail = this.blocks.at(-1)!;
  }

  /** The first item for which `accepts` holds. */
  find(accepts: (item: T) => boolean): T | undefined {
    for (const block of this.blocks) {
      for (const item of block) if (accepts(item)) return item;
    }
    return undefined;
  }

  /** How many items `holds` is true for, when it holds for a first part of the list and for none after it. */
  countWhile(holds: (item: T) => boolean): number {
    let count = 0;
    if (this.size === 0) return count;
    for (const block of this.blocks) {
      if (holds(block.at(-1)!)) {
        count += block.length;
        continue;
      }
      let low = 0;
      let high = block.length;
      while (low < high) {
        const mid = (low + high) >> 1;
        if (holds(block[mid]!)) low = mid + 1;
        else high = mid;
      }
      return count + low;
    }
    return count;
  }

  /** Index of the first block whose last item is not before `item`. */
  #blockOf(item: T): number {
    if (this.size === 0) return 0;
    let low = 0;
    let high = this.blocks.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      const block = this.blocks[mid]!;
      if (this.#before(block[block.length - 1]!, item)) low = mid + 1;
      else high = mid;
    }
    return low;
  }

  #indexIn(block: T[], item: T): number {
    let low = 0;
    let high = block.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (this.#before(block[mid]!, item)) low = mid + 1;
      else high = mid;
    }
    return low;
  }
}

// Array.splice allocates an array of what it removed on every call; these are the hot path.
function insertAt<T>(list: T[], index: number, item: T): void {
  list.push(item);
  for (let i = list.length - 1; i > index; i--) list[i] = list[i - 1]!;
  list[index] = item;
}

function removeAt<T>(list: T[], index: number): void {
  for (let i = index + 1; i < list.length; i++) list[i - 1] = list[i]!;
  list.pop();
}
