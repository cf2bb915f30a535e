/** What a text, a value or a run may be at most. Everything beyond is refused with a problem that names the limit. */
export const LIMITS = Object.freeze({
  /** UTF-16 code units of one expression. */
  expressionLength: 10_000,
  /** Nodes of one expression's tree. */
  expressionNodes: 2_000,
  /** Levels of one expression's tree. */
  expressionDepth: 250,
  /** UTF-16 code units of a rule's document. */
  ruleLength: 64_000,
  /** Lines of a rule's document. */
  ruleLines: 2_000,
  /** Pieces of a rule's document: keys, values, signs, white space. Bounds how long reading a hostile one takes. */
  ruleTokens: 5_000,
  /** Steps written in a rule, at all levels together. */
  ruleSteps: 250,
  /** Levels of steps within steps. */
  ruleDepth: 12,
  /** UTF-16 code units of any text while running. */
  textLength: 100_000,
  /** UTF-16 code units of a text searched with a pattern. */
  patternText: 10_000,
  /** Elements of any list while running. */
  listLength: 10_000,
  /** Steps of one run unless the budget says otherwise; every visited element of a list counts as one. */
  runSteps: 10_000,
  /** Steps of one expression evaluated alone. */
  expressionSteps: 50_000,
  /** Actions asked for by one run. */
  runActions: 100,
  /** Entries kept in a trace, and code units of all their values together. */
  traceEntries: 300,
  traceLength: 64_000,
  /** Inputs kept of one entry. */
  traceInputs: 20,
  /** Code units kept of a text in a trace, and elements kept of a list. */
  traceText: 200,
  traceList: 10,
});
