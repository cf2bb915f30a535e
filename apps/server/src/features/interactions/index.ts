export { LiveWriter, type Unit } from "./interactions.writer.ts";
export type { CallRow, OfferRow, RecordingRow, StateRow } from "./interactions.write.sql.ts";
export { getInteraction, interactionClient, listInteractions, type InteractionQuery } from "./interactions.service.ts";
