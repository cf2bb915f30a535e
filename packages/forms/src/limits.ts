/** What a form and its data may be at most; everything beyond is refused with a problem that names the limit. */
export const LIMITS = Object.freeze({
  /** Of a form's text: code units, lines, pieces as the reader of YAML counts them. */
  text: { length: 200_000, lines: 5_000, tokens: 30_000 },
  /** Fields of a form with their parts and columns, after `$ref` has been written out. */
  fields: 1_500,
  /** Groups within groups. */
  depth: 4,
  /** Rows of a table that names no limit itself. */
  rows: 200,
  /** States of a pattern × code units of the text it is matched with. */
  patternWork: 20_000,
  /** Of data: code units of all texts together, and values of all kinds. */
  dataLength: 262_144,
  dataValues: 20_000,
  /** Problems told at once. */
  problems: 100,
  /** Steps of all expressions of a form in one pass. */
  steps: 200_000,
});
