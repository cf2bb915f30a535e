export { seedDemo, type SeedOptions, type SeedResult } from "./demo.service.ts";
export type { SignIn } from "./demo.people.ts";
