import { z } from "zod";
import { contract, instant, okReply } from "../api.contract.ts";

const name = z.object({ en: z.string(), ru: z.string(), sl: z.string() });
const hookParams = z.object({ project: z.string().max(60), hook: z.string().max(60) });

/** `registered` a new ticket; `repeated` noted on the open one; `seen` the very same request again; `ignored` by the hook's condition. */
export const hookReply = z.object({ state: z.enum(["registered", "repeated", "seen", "ignored"]), ticket: z.object({ id: z.uuid(), number: z.string() }).nullable() });
export type HookReply = z.infer<typeof hookReply>;

/** The body is read as it came, for its signature; its schema is the hook's declaration. */
export const receiveHook = contract({ method: "POST", path: "/hooks/:project/:hook", summary: "What another system reports, signed (`Linija-Signature: t=SECONDS,v1=HEX`); at most 64 kB of JSON", params: hookParams, reply: hookReply });

const refusalView = z.object({ text: z.string(), fields: z.array(z.object({ field: z.string(), text: z.string() })), times: z.number().int(), firstAt: instant, lastAt: instant });
export const hookView = z.object({ key: z.string(), name, type: z.string(), path: z.string(), secretMadeAt: instant.nullable(), secretMadeBy: z.string().nullable(), lastAt: instant.nullable(), /** What could not be taken in the last thirty days, a line a reason. */ refused: z.array(refusalView) });
export type HookView = z.infer<typeof hookView>;
export const listHooks = contract({ method: "GET", path: "/hooks/:project", summary: "Doors for other systems of a project, and what they could not take", params: z.object({ project: z.string().max(60) }), reply: z.object({ items: z.array(hookView) }) });
export const makeHookSecret = contract({ method: "PUT", path: "/hooks/:project/:hook/secret", summary: "Make a new secret for a hook; it is told once, in this answer, and the one before is good no more", params: hookParams, reply: z.object({ secret: z.string(), path: z.string() }) });
export const removeHookSecret = contract({ method: "DELETE", path: "/hooks/:project/:hook/secret", summary: "Close a hook until it has a new secret", params: hookParams, reply: okReply });
