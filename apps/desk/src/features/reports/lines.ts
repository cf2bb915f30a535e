/**
 * A name in the lines a drawn box has room for, broken between words; what is still too long is cut in the last of them, and told
 * whole where the box is pointed at.
 * @param most signs in a line
 */
export function linesOf(name: string, most: number, lines = 2): string[] {
  const result: string[] = [""];
  for (const word of name.split(" ")) {
    const last = result.at(-1)!;
    const longer = last === "" ? word : `${last} ${word}`;
    if (longer.length <= most || last === "" || result.length === lines) result[result.length - 1] = longer;
    else result.push(word);
  }
  return result.map((line) => (line.length > most ? `${line.slice(0, most - 1).trimEnd()}…` : line));
}
