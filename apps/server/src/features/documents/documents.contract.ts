import { z } from "zod";
import { contract, idParams, instant, languageSchema, sentId } from "../api.contract.ts";

/** One version of a document of a ticket; made again, it is the next. */
export const documentView = z.object({
  id: z.uuid(), key: z.string(), name: z.string(), /** Counted for the paper in this language. */ number: z.number().int(), language: languageSchema, fileName: z.string(), bytes: z.number().int(), pages: z.number().int(),
  /** Of the file, so that anybody can prove which one was given. */
  sha256: z.string(), by: z.string(), at: instant,
  /** A paper shows what its maker may see; who may not see all of it neither opens it nor reads its title. */
  mayOpen: z.boolean(),
});
export type DocumentView = z.infer<typeof documentView>;
export const documentOffer = z.object({ key: z.string(), name: z.string(), languages: z.array(languageSchema) });

export const listDocuments = contract({ method: "GET", path: "/tickets/:id/documents", summary: "Documents made for a ticket, newest first, and those that can be made", params: idParams, reply: z.object({ items: z.array(documentView), offers: z.array(documentOffer) }) });
export const makeDocument = contract({ method: "POST", path: "/tickets/:id/documents", summary: "Make a document of the ticket as it stands; earlier versions are kept. Sent again with its id it is one document", params: idParams, body: z.object({ id: sentId, key: z.string().min(1).max(60), language: languageSchema }),
  reply: documentView.extend({ /** Characters that the letters of papers lack, by what stands in their place. */ lacking: z.array(z.object({ name: z.string(), characters: z.string() })) }) });
