import { run as bench } from "../../packages/rules/bench/rules.ts";

export const run = (): Promise<Record<string, number>> => Promise.resolve(bench());
