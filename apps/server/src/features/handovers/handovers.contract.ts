import { z } from "zod";
import { contract, idParams, instant, languageSchema, page, pageQuery } from "../api.contract.ts";

/** To whom a ticket can be handed over: operators of the project, specialists of a department, supervisors. */
export const circles = ["operators", "department", "supervisors"] as const;
export type Circle = (typeof circles)[number];
/** `free` can be asked at once; `away` is on a break, `off` not at a desk. */
export const presences = ["free", "busy", "in_call", "away", "off"] as const;
export type Presence = (typeof presences)[number];

/** Handed over: whoever takes it owns the ticket. A consult: whoever accepts reads it and answers, and it stays whose it is (R214). */
export const handoverKinds = ["handover", "consult"] as const;
export const handoverState = z.enum(["waiting", "taken", "returned", "withdrawn"]);
/** Why it ended without being taken. */
export const handoverEnds = ["by_hand", "closed", "merged", "owner_changed", "nobody", "all_refused"] as const;
export const offerState = z.enum(["offered", "taken", "refused", "missed", "withdrawn"]);

const person = z.object({ id: z.uuid(), name: z.string() });
const note = { wanted: z.string(), tried: z.string(), expected: z.string(), expectedBy: instant.nullable() };

/** A hand-over, with as much of the ticket and its client as whoever is asked needs to say yes or no. */
export const handoverView = z.object({
  id: z.uuid(), kind: z.enum(handoverKinds), projectKey: z.string(), state: handoverState, circle: z.enum(circles), department: z.string().nullable(), createdAt: instant, endedAt: instant.nullable(), endedAs: z.enum(handoverEnds).nullable(),
  /** Null: the process or a rule asked for it. */
  by: person.nullable(), /** What asked for it, when nobody did. */ askedBy: z.string().nullable(), /** Whose the ticket is now. */ owner: person.nullable(), takenBy: person.nullable(),
  note: z.object(note),
  ticket: z.object({ id: z.uuid(), number: z.string(), subject: z.string(), description: z.string(), stageName: z.string(), priority: z.number().int(), dueAt: instant.nullable(), language: languageSchema, /** The reader may open it. */ opens: z.boolean() }),
  client: z.object({ id: z.uuid(), name: z.string(), phone: z.string().nullable() }).nullable(),
  /** The talk in which it was given; `isLive`: the client is on the line still. */
  interactionId: z.uuid().nullable(), isLive: z.boolean(),
  /** To whom it is offered now, and until when. */
  offer: z.object({ to: person, offeredAt: instant, answerBy: instant }).nullable(),
  /** Everybody who was asked, in order; `reason` of who refused. */
  asked: z.array(z.object({ person, state: offerState, reason: z.string().nullable(), offeredAt: instant, answeredAt: instant.nullable() })),
  /** The reader is asked, may take it, may take it back. */
  isMine: z.boolean(), mayTake: z.boolean(), mayWithdraw: z.boolean(),
  /** Of a consult: what was answered; `advises`: who accepted may read the ticket by it still, until `advisesUntil` or, not answered, until the ticket is closed. */
  answer: z.string().nullable(), answeredAt: instant.nullable(), advises: z.boolean(), advisesUntil: instant.nullable(), /** The reader has accepted it and not answered yet. */ mayAnswer: z.boolean(),
});
export type HandoverView = z.infer<typeof handoverView>;

/** Somebody a ticket can be handed over to, as they are at this moment. */
export const candidateView = z.object({
  id: z.uuid(), name: z.string(), presence: z.enum(presences), /** Of a break. */ reason: z.string().nullable(), /** Since when so, where known. */ since: instant.nullable(),
  languages: z.array(z.string()), skills: z.record(z.string(), z.number().int()), /** Is asked first when nobody is chosen, or who is chosen is busy. */ isNext: z.boolean(),
});
export type CandidateView = z.infer<typeof candidateView>;

export const handoverChoices = contract({
  method: "GET", path: "/tickets/:id/handovers/choices", summary: "To whom a ticket can be handed over, with who is there now", params: idParams,
  reply: z.object({
    circles: z.array(z.object({ circle: z.enum(circles), /** Of `department`. */ department: z.string().nullable(), name: z.string(), people: z.array(candidateView) })),
    /** The client of this ticket is on the line with the reader. */
    isLive: z.boolean(), answerMinutes: z.number().int(),
  }),
});
export const ticketHandovers = contract({ method: "GET", path: "/tickets/:id/handovers", summary: "Hand-overs of a ticket, newest first", params: idParams, reply: z.object({ items: z.array(handoverView) }) });
/** The newest hand-over of each open ticket of a client; `ownerPresence`: whether who accompanies the client is there now (R074). */
export const clientHandover = handoverView.extend({ ownerPresence: z.enum(presences).nullable() });
export type ClientHandover = z.infer<typeof clientHandover>;
export const clientHandovers = contract({ method: "GET", path: "/clients/:id/handovers", summary: "Hand-overs of a client's open tickets, for whoever speaks with the client now", params: idParams, reply: z.object({ items: z.array(clientHandover) }) });
export const giveHandover = contract({
  method: "POST", path: "/tickets/:id/handovers", summary: "Hand a ticket over; until it is taken it stays whose it is", params: idParams,
  body: z.object({
    /** Chosen by the desk once per form, so that sending twice is one hand-over. */
    handoverId: z.uuid().toLowerCase(),
    circle: z.enum(circles), department: z.string().max(60).nullable().default(null), /** Without it, the next free of the circle. */ userId: z.uuid().nullable().default(null),
    /** Offer it to that person though they are busy or away. */
    insist: z.boolean().default(false),
    wanted: z.string().trim().min(1).max(2_000), tried: z.string().trim().min(1).max(2_000), expected: z.string().trim().min(1).max(2_000), expectedBy: instant.nullable().default(null),
  }),
  reply: handoverView,
});
/** A colleague, or whoever of a circle is free, is asked about the ticket; it stays whose it is. Who accepts reads it until a day after the answer, or until it is closed. */
export const askColleague = contract({
  method: "POST", path: "/tickets/:id/consults", summary: "Ask a colleague for advice on a ticket; it stays whose it is", params: idParams,
  body: giveHandover.body.omit({ wanted: true, tried: true, expected: true }).extend({ question: z.string().trim().min(1).max(2_000), tried: z.string().trim().max(2_000).default("") }),
  reply: handoverView,
});
export const answerConsult = contract({ method: "POST", path: "/handovers/:id/answer", summary: "Answer what a colleague asked; the answer is a note on the ticket, too", params: idParams, body: z.object({ text: z.string().trim().min(1).max(4_000) }), reply: handoverView });
/** `mine`: offered to me, the soonest to answer first; `advice`: questions I accepted and may read the ticket of still; `given`: by me; `all`: of my projects, for who leads them. */
export const listHandovers = contract({ method: "GET", path: "/handovers", summary: "Hand-overs that wait for me, that I gave, or of my projects", query: z.object({ view: z.enum(["mine", "advice", "given", "all"]).default("mine"), ...pageQuery }), reply: page(handoverView) });
export const takeHandover = contract({ method: "POST", path: "/handovers/:id/take", summary: "Take a ticket that is handed over; from then on it is the taker's", params: idParams, reply: handoverView });
export const refuseHandover = contract({ method: "POST", path: "/handovers/:id/refuse", summary: "Refuse a hand-over with a reason; the next free is asked", params: idParams, body: z.object({ reason: z.string().trim().min(1).max(500) }), reply: handoverView });
export const withdrawHandover = contract({ method: "POST", path: "/handovers/:id/withdraw", summary: "Take a hand-over back that nobody has taken", params: idParams, reply: handoverView });
/** Of the last 30 days, by who was asked; waits are of hand-overs that were taken, from the giving to the taking. */
export const handoverFigures = contract({
  method: "GET", path: "/handovers/figures", summary: "How long hand-overs waited, and who took, refused or missed them",
  reply: z.object({
    days: z.number().int(), given: z.number().int(), taken: z.number().int(), returned: z.number().int(), waiting: z.number().int(), waitMedianS: z.number().int().nullable(), waitLongestS: z.number().int().nullable(),
    people: z.array(z.object({ userId: z.uuid(), name: z.string(), asked: z.number().int(), taken: z.number().int(), refused: z.number().int(), missed: z.number().int(), waitMedianS: z.number().int().nullable() })),
  }),
});
