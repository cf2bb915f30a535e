import { z } from "zod";
import { contract, okReply } from "../api.contract.ts";
import { declarationProblem } from "./declarations.contract.ts";

const params = z.object({ key: z.string().min(1).max(60) });

/** What a project still has in hand, each of which keeps it in use. */
const inHand = z.object({
  /** Not closed; callbacks and tasks of departments are among them. */ tickets: z.number().int(),
  /** In a menu, waiting, or being talked. */ calls: z.number().int(),
  /** Still to be kept. */ promises: z.number().int(),
  /** Bulk changes of its tickets, and open tickets on their way to another version, that are going on. */ bulk: z.number().int(),
});
export type InHand = z.infer<typeof inHand>;

export const projectInHand = contract({
  method: "GET", path: "/projects/:key/in-hand", contacts: "own", summary: "What stands in the way of taking a project out of use (administrators)", params,
  reply: z.object({
    inHand, /** Free again afterwards. */ numbers: z.array(z.string()), /** Who works in it. */ people: z.number().int(),
    /** What would be wrong without it: the company's menu leads to it. */ problems: z.array(declarationProblem),
  }),
});
export type ProjectInHand = z.infer<typeof projectInHand.reply>;

export const retireProject = contract({
  method: "POST", path: "/projects/:key/retire", summary: "Take a project out of use: nothing new comes into it, its numbers are free, its history stays", params,
  body: z.strictObject({ note: z.string().trim().max(500).default("") }), reply: okReply,
});
export const bringBackProject = contract({ method: "POST", path: "/projects/:key/bring-back", summary: "Put a project in use again, as it was", params, reply: okReply });
