import { z } from "zod";
import { contract, idParams, languageSchema, page, pageQuery } from "../api.contract.ts";

/** Skill key → level, 1 (learning) to 5 (teaches others). */
const skillLevels = z.record(z.string().min(1).max(60), z.number().int().min(1).max(5));

export const operatorView = z.object({
  id: z.uuid(), name: z.string(), projects: z.array(z.string()), disabled: z.boolean(),
  /** False for people who have a phone but not, or no longer, the role operator. */
  takesCalls: z.boolean(),
  languages: z.array(z.string()), skills: z.record(z.string(), z.number().int()), device: z.enum(["browser", "phone"]),
  phone: z.object({
    extension: z.string().nullable(), hasPassword: z.boolean(), registered: z.boolean(),
    /** What the registered phone says it is; empty when it says nothing or is not registered. */
    agent: z.string(),
    /** Where calls go without a registration; set by hand in the database only. */
    fixedAddress: z.string().nullable(),
  }),
  version: z.number().int(),
});
export type OperatorView = z.infer<typeof operatorView>;

/** What is typed into a phone beside its extension and password. */
export const phoneServer = z.object({ host: z.string(), port: z.number().int(), transports: z.array(z.enum(["udp", "tcp"])) });
export type PhoneServer = z.infer<typeof phoneServer>;

export const operatorChoices = contract({
  method: "GET", path: "/operators/choices", summary: "What can be chosen for an operator: languages, skills and the queues that ask for them, the phone server",
  reply: z.object({
    languages: z.array(languageSchema), /** Of the whole company: an operator may work in others than the reader. */ projects: z.array(z.object({ key: z.string(), name: z.string() })),
    /** `name`: as its project calls it, in the reader's language; null: it has no name there. `mayChange`: whether the one who asks may set this skill. */
    skills: z.array(z.object({ key: z.string(), name: z.string().nullable(), mayChange: z.boolean() })),
    /** A queue gives its calls to those who have every skill of it at its level or above. */
    queues: z.array(z.object({ id: z.string(), projectKey: z.string(), name: z.string(), languages: z.array(z.string()), skills: z.record(z.string(), z.number().int()) })),
    server: phoneServer,
    /** A number nobody has yet; null for those who may not give phones. */
    freeExtension: z.string().nullable(),
  }),
});
export type OperatorChoices = z.infer<typeof operatorChoices.reply>;

export const listOperators = contract({ method: "GET", path: "/operators", contacts: "own", summary: "Operators by name (administrators all, supervisors those of their projects, operators themselves)", query: z.object({ text: z.string().max(80).optional(), ...pageQuery }), reply: page(operatorView) });
export const getOperator = contract({ method: "GET", path: "/operators/:id", contacts: "own", summary: "One operator", params: idParams, reply: operatorView });
/** The form of an extension is refused in words by the service. */
const extension = z.string().trim().max(40);
export const changeOperator = contract({
  method: "PATCH", path: "/operators/:id", contacts: "own", summary: "Change languages, skills or extension; a new extension makes the phone's password useless", params: idParams,
  body: z.object({ version: z.number().int(), languages: z.array(languageSchema).min(1).max(20).optional(), skills: skillLevels.optional(), extension: extension.optional() }), reply: operatorView,
});
export const givePhone = contract({
  method: "POST", path: "/operators/:id/phone", contacts: "own", summary: "Give a phone, or its new password, told this once (administrator)", params: idParams,
  body: z.object({ version: z.number().int(), /** Without it the one they have is kept. */ extension: extension.optional() }),
  reply: z.object({ operator: operatorView, extension: z.string(), password: z.string(), server: phoneServer }),
});
export const takePhone = contract({ method: "DELETE", path: "/operators/:id/phone", contacts: "own", summary: "Take the phone away (administrator)", params: idParams, query: z.object({ version: z.number().int() }), reply: operatorView });
