import type { HostCatalogue } from "./compile.ts";

/** What every form of the product reads besides itself: `now`. The same on the server and in the desk, which give `values: { now }`. */
export const formHost = (timeZone: string): HostCatalogue => ({
  timeZone, variables: { now: { type: "datetime", required: true, doc: { en: "This moment", ru: "Этот момент", sl: "Ta trenutek" } } },
});
