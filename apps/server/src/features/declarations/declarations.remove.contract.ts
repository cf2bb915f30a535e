import { z } from "zod";
import { contract } from "../api.contract.ts";
import { declarationProblem } from "./declarations.contract.ts";

export const textUses = contract({
  method: "GET", path: "/projects/:key/text/uses", summary: "What depends on a text, asked before it is removed", params: z.object({ key: z.string().min(1).max(60) }), query: z.object({ path: z.string().min(1).max(120) }),
  reply: z.object({
    /** The version in use. */ number: z.number().int(),
    /** A common text of the same name takes its place: nothing that names it breaks. */ common: z.boolean(),
    /** Kinds of tickets made with it, and the project they are of. */ types: z.array(z.object({ project: z.string(), key: z.string(), name: z.string() })),
    /** Tickets not closed that live by this process or have this form. */ openTickets: z.number().int(),
    /** They forbid it: a process cannot be taken from under its tickets. */ isHeld: z.boolean(),
    /** Lines of other texts that name it, at most 30, and how many there are. */ places: z.array(z.object({ file: z.string(), line: z.number().int(), text: z.string() })), placesCount: z.number().int(),
    /** What would be wrong without it; with any, it is not removed. */ problems: z.array(declarationProblem),
  }),
});
export type TextUses = z.infer<typeof textUses.reply>;
