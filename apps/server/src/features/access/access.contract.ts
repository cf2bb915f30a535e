import { z } from "zod";
import { contract, languageSchema, okReply } from "../api.contract.ts";
import { PASSWORD_MAX, PASSWORD_MIN } from "./access.password.contract.ts";

export const roles = ["operator", "supervisor", "department_worker", "administrator", "management"] as const;
export const roleSchema = z.enum(roles);
export type RoleName = z.infer<typeof roleSchema>;

export const meSchema = z.object({
  id: z.uuid(), login: z.string(), name: z.string(), language: languageSchema, roles: z.array(roleSchema), projects: z.array(z.string()), department: z.string().nullable(),
  /** Sent back as `x-csrf` with every write. */
  csrf: z.string(),
  /** What this person may do, for showing and hiding; the server decides again at every call. */
  rights: z.array(z.string()),
  /** Until a new password is chosen, only signing out and choosing one is possible. */
  passwordMustChange: z.boolean(),
});
export type Me = z.infer<typeof meSchema>;

export const signIn = contract({ method: "POST", path: "/access/sign-in", contacts: "own", summary: "Sign in with name and password", body: z.object({ login: z.string().trim().min(1).max(80), password: z.string().min(1).max(200) }), reply: meSchema });
export const signOut = contract({ method: "POST", path: "/access/sign-out", summary: "End this session", reply: okReply });
export const getMe = contract({ method: "GET", path: "/access/me", contacts: "own", summary: "Who is signed in", reply: meSchema });
export const setMyLanguage = contract({ method: "PUT", path: "/access/me/language", summary: "Choose the language of the desk", body: z.object({ language: languageSchema }), reply: okReply });

/** Any characters; what is easy to guess is refused by `passwordFault`. */
const newPasswordSchema = z.string().min(PASSWORD_MIN).max(PASSWORD_MAX);
export const changeMyPassword = contract({ method: "PUT", path: "/access/me/password", summary: "Choose a new password; ends one's other sessions and gives this one a new token", body: z.object({ current: z.string().min(1).max(PASSWORD_MAX), next: newPasswordSchema }), reply: meSchema });

export const userSchema = z.object({ id: z.uuid(), login: z.string(), name: z.string(), language: languageSchema, roles: z.array(roleSchema), projects: z.array(z.string()), department: z.string().nullable(), disabled: z.boolean(), version: z.number().int() });
export type UserView = z.infer<typeof userSchema>;
export const listUsers = contract({ method: "GET", path: "/access/users", contacts: "own", summary: "All users (administrator)", reply: z.object({ items: z.array(userSchema) }) });
const userBody = z.object({ login: z.string().trim().min(2).max(80).regex(/^[\w.@-]+$/), name: z.string().trim().min(1).max(120), language: languageSchema, roles: z.array(roleSchema).min(1), projects: z.array(z.string().max(40)).max(50), /** Of a department worker; null serves all departments of the projects. */ department: z.string().max(60).nullable().optional() });
export const createUser = contract({ method: "POST", path: "/access/users", contacts: "own", summary: "Create a user (administrator)", body: userBody.extend({ password: newPasswordSchema }), reply: userSchema });
export const updateUser = contract({ method: "PUT", path: "/access/users/:id", contacts: "own", summary: "Change a user's rights or block the user (administrator)", params: z.object({ id: z.uuid() }), body: userBody.omit({ login: true }).extend({ disabled: z.boolean(), version: z.number().int(), password: newPasswordSchema.optional() }), reply: userSchema });
export const listColleagues = contract({ method: "GET", path: "/access/colleagues", summary: "People of my projects, for choosing who a ticket is given to", reply: z.object({ items: z.array(z.object({ id: z.uuid(), name: z.string(), roles: z.array(roleSchema), projects: z.array(z.string()) })) }) });
