/** One part of the program as its health report names it. */
export interface Part { name: string; state: "ok" | "warn" | "down"; detail: string }

const stateOf = (value: unknown): Part["state"] => {
  if (value === true || value === "ok" || value === "up" || value === "ready" || value === "pass") return "ok";
  return value === "warn" || value === "degraded" || value === "starting" || value === "draining" ? "warn" : "down";
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

function partOf(name: string, value: unknown): Part {
  if (!isObject(value)) return { name, state: stateOf(value), detail: "" };
  const said = value["state"] ?? value["status"] ?? value["ok"];
  const detail = value["detail"] ?? value["message"] ?? value["text"] ?? "";
  return { name: typeof value["name"] === "string" ? value["name"] : name, state: stateOf(said), detail: typeof detail === "string" ? detail : "" };
}

/** Reads the report whatever parts a node has: roles differ from node to node, and so do their checks. */
export function partsOf(report: unknown): Part[] {
  if (!isObject(report)) return [];
  const parts = report["checks"] ?? report["parts"] ?? report;
  if (Array.isArray(parts)) return parts.map((part, index) => partOf(String(index), part));
  return isObject(parts) ? Object.entries(parts).filter(([name, value]) => isObject(value) || (typeof value === "boolean" && name !== "ok")).map(([name, value]) => partOf(name, value)) : [];
}

export const worst = (parts: Part[]): Part["state"] => (parts.some((part) => part.state === "down") ? "down" : parts.some((part) => part.state === "warn") ? "warn" : "ok");
