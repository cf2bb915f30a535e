/** Which way imports point (docs/decisions/0002-boundaries.md). Each rule has been seen to fail once: tools/boundaries.test.ts plants a violation of each. */
module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", comment: "A cycle of modules cannot be understood or tested in parts.", from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } } },
    { name: "packages-know-no-apps", severity: "error", from: { path: "^packages/" }, to: { path: "^(apps|tools|tests)/" } },
    { name: "routing-is-pure", severity: "error", comment: "No clock, no I/O, no other package.", from: { path: "^packages/routing/src/", pathNot: "\\.test\\.ts$|/simulate" }, to: { pathNot: "^packages/routing/src/" } },
    { name: "rule-language-is-pure", severity: "error", comment: "No clock, no I/O: two libraries for grammar and YAML, nothing else.", from: { path: "^packages/rules/src/", pathNot: "\\.test\\.ts$" }, to: { pathNot: ["^packages/rules/src/", "node_modules/(@marcbachmann/cel-js|yaml)/"] } },
    { name: "forms-are-pure", severity: "error", comment: "No clock, no I/O: the language of rules, a validator of JSON Schema, YAML and Zod, nothing else.", from: { path: "^packages/forms/src/", pathNot: "\\.test\\.ts$" }, to: { pathNot: ["^packages/(forms|rules)/src/", "node_modules/(@cfworker/json-schema|yaml|zod)/"] } },
    { name: "platform-knows-no-feature", severity: "error", from: { path: "^apps/server/src/platform/", pathNot: "\\.test\\.ts$" }, to: { path: "^apps/server/src/features/", pathNot: "api\\.contract\\.ts$" } },
    { name: "features-meet-at-their-doors", severity: "error", comment: "A feature enters another through its index.ts or a contract.", from: { path: "^apps/server/src/features/([^/]+)/", pathNot: "\\.test\\.ts$" }, to: { path: "^apps/server/src/features/([^/]+)/", pathNot: ["^apps/server/src/features/$1/", "/index\\.ts$", "\\.contract\\.ts$", "/clocks/clocks\\.rules\\.ts$"] } },
    { name: "contracts-are-browser-safe", severity: "error", from: { path: "\\.contract\\.ts$" }, to: { pathNot: ["\\.contract\\.ts$", "node_modules/zod/"] } },
    { name: "rules-are-pure", severity: "error", comment: "Rules and machines see other rules, contracts and pure libraries; no database, socket or log.", from: { path: "\\.(rules|machine)\\.ts$" }, to: { path: "^apps/server/src/|node_modules/(pg|kysely|fastify|ws|pino|nodemailer|graphile)|^(fs|net|dgram|http|node:fs|node:net)", pathNot: ["\\.(rules|machine|contract)\\.ts$", "/index\\.ts$", "platform/errors\\.ts$"] } },
    { name: "sql-in-sql-files", severity: "error", comment: "Only *.sql.ts and the platform speak to the query library.", from: { path: "^apps/server/src/", pathNot: ["\\.sql\\.ts$", "^apps/server/src/platform/", "^apps/server/src/testing/", "\\.test\\.ts$", "\\.factory\\.ts$"] }, to: { path: "node_modules/(kysely|pg)/", dependencyTypesNot: ["type-only"] } },
    { name: "sip-and-media-only-in-calls", severity: "error", comment: "Call control and its wiring are the only users of the wire.", from: { path: "^apps/server/src/", pathNot: ["/features/calls/", "/features/operators/", "/features/demo/", "^apps/server/src/(app|web|voice|media|testing)", "\\.test\\.ts$"] }, to: { path: "^packages/(sip|media)/", dependencyTypesNot: ["type-only"] } },
    { name: "listeners-are-not-imported-by-core", severity: "error", from: { path: "^apps/server/src/features/(tickets|clients|calls|queues|operators|processes)/" }, to: { path: "^apps/server/src/features/(realtime|notices|portal|floor|automation|webhooks)/" } },
    { name: "browsers-see-contracts-only", severity: "error", comment: "And the two pure packages that check rules and forms the same on both sides.", from: { path: "^apps/(desk|widget)/src/" }, to: { path: "^(apps/server|packages|tools)/", pathNot: ["\\.contract\\.ts$", "^packages/(rules|forms)/src/"] } },
    { name: "nothing-unresolved", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" }, exclude: { path: "^apps/[^/]+/dist/|node_modules/\\." },
    parser: "swc", tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "default"], extensions: [".ts", ".tsx", ".js", ".mjs"] },
  },
};
