import { run as bench } from "../../packages/routing/bench/routing.ts";

export const run = (): Promise<Record<string, number>> => bench();
