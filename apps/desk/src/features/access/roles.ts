import type { RoleName } from "@linija/server/contract/access/access";

export type Role = RoleName;
/** The order of the contract; said again here so that the contract's schemas stay out of the browser's bundle. */
export const roleNames = ["operator", "supervisor", "department_worker", "administrator", "management"] as const satisfies readonly RoleName[];
